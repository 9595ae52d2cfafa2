import Testing

@testable import BrokerAuthentication

@Suite struct PasswordHashTests {
    private static let cheap = PasswordHash.Function.scrypt(logCost: 10, blockSize: 1, parallelism: 1)

    @Test(arguments: [
        cheap, .scrypt(logCost: 11, blockSize: 8, parallelism: 2), .pbkdf2SHA256(iterations: 1_000),
        .pbkdf2SHA512(iterations: 1_000),
    ])
    func onlyTheRightPasswordIsRight(function: PasswordHash.Function) throws {
        let hash = try PasswordHash(password: Array("sésame".utf8), function: function)
        let read = try PasswordHash(hash.description)
        #expect(read == hash)
        #expect(read.isMade(of: Array("sésame".utf8)))
        for wrong in ["", "sesame", "sésame ", "s", "\0"] { #expect(!read.isMade(of: Array(wrong.utf8)), "\(wrong)") }
        #expect(!read.isMade(of: [UInt8](repeating: 65, count: 5_000)))
    }

    /// The third vector of RFC 7914 §12, and what Python's hashlib makes of the same.
    @Test(arguments: [
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$"
            + "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
        "$pbkdf2-sha256$i=1000$U29kaXVtQ2hsb3JpZGU$"
            + "gfx/iT5tmWORNzA4f8I5iRTuOWlnBcTtlF1Oa07LhBQ",
        "$pbkdf2-sha512$i=1000$U29kaXVtQ2hsb3JpZGU$"
            + "X36Uk2WoGOxSWYdtDOSIt0SoOFT8UYjOgmGXvj9CUVE",
    ])
    func hashesOfOthersAreUnderstood(text: String) throws {
        let hash = try PasswordHash(text)
        #expect(hash.isMade(of: Array("pleaseletmein".utf8)))
        #expect(!hash.isMade(of: Array("pleaseletmeout".utf8)))
    }

    @Test func everyHashHasASaltOfItsOwn() throws {
        let hashes = try (0..<3).map { _ in try PasswordHash(password: [1, 2, 3], function: Self.cheap).description }
        #expect(Set(hashes).count == 3)
    }

    @Test func theDefaultIsWhatIsAdvised() throws {
        #expect(PasswordHash.Function.scrypt == .scrypt(logCost: 15, blockSize: 8, parallelism: 3))
        let text = try PasswordHash(password: [1]).description
        #expect(text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    }

    @Test func nobodysPasswordIsNone() {
        let nobody = PasswordHash.ofNobody(Self.cheap)
        for password in ["", "a", "\0"] { #expect(!nobody.isMade(of: Array(password.utf8))) }
    }

    @Test(arguments: [
        "", "secret", "$1$abc$def", "$scrypt$ln=15,r=8$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=20,r=32,p=64$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=-1,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=15,ln=15,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$pbkdf2-sha512$i=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$pbkdf2-sha512$i=99999999999$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$pbkdf2-sha1$i=1000$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$pbkdf2-sha512$i=1000$!$aGFzaGhhc2hoYXNoaGFzaA",
        "$pbkdf2-sha512$i=1000$c2FsdHNhbHQ$", "$pbkdf2-sha512$i=1000$$aGFzaGhhc2hoYXNoaGFzaA",
        "$pbkdf2-sha512$i=1000$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA==",
    ])
    func whatIsNoHashIsRefused(text: String) {
        #expect(throws: AuthenticationError.self) { try PasswordHash(text) }
    }

    @Test func passwordsHaveBounds() {
        #expect(throws: AuthenticationError.self) { try PasswordHash(password: [], function: Self.cheap) }
        let long = [UInt8](repeating: 65, count: 1_025)
        #expect(throws: AuthenticationError.self) { try PasswordHash(password: long, function: Self.cheap) }
    }
}
