import Testing

/// The rules of the house that a reader of the text can see, held against the tree as it stands.
///
/// Each rule is a value that takes files and gives findings, so that `MadeUpSourcesTests` can prove on made-up sources that it is able to
/// fail. What a rule finds is printed as `path:line: what is wrong`.
@Suite("House rules")
struct HouseRulesTests {
    private let tree = SourceTree.ofThisPackage

    @Test("The tree was found, so an empty result means that nothing is wrong")
    func treeIsRead() {
        #expect(tree.sources.count > 10)
        #expect(tree.sources.contains { $0.path == "Sources/MartletCommand/MartletCommand.swift" })
        #expect(tree.texts.contains { $0.path == "Package.swift" })
    }

    @Test("Every import is an arrow of the design")
    func importsFollowTheArrows() {
        expectNothing(ImportRule(rooms: Room.all).findings(in: tree.sources))
    }

    @Test("The table of arrows says what Package.swift says")
    func tableAgreesWithTheManifest() throws {
        let manifest = try #require(tree.texts.first { $0.path == "Package.swift" })
        expectNothing(ManifestRule(rooms: Room.all).findings(in: manifest))
    }

    @Test("Every room is in the table and has its door-keeper file")
    func roomsHaveDoorKeepers() {
        expectNothing(DoorKeeperRule(rooms: Room.all).findings(in: tree.sources))
    }

    @Test("Pure rooms have no clock, randomness, input or output, task or lock")
    func pureRoomsArePure() {
        expectNothing(PurityRule(rooms: Room.all).findings(in: tree.sources))
    }

    @Test("Escapes from the compiler's proofs say why they are safe")
    func escapesAreExplained() {
        expectNothing(EscapeRule().findings(in: tree.sources))
    }

    @Test("Files have at most 500 lines and functions at most 60")
    func sizesAreBounded() {
        expectNothing(SizeRule().findings(in: tree.sources + tree.tests))
    }

    @Test("Nothing is named for being left over")
    func namesSayWhatThingsAre() {
        expectNothing(NameRule().findings(in: tree.sources + tree.tests))
    }

    @Test("No file names a machine's folders or a package registry's host")
    func noMachineIsNamed() {
        expectNothing(MachineRule().findings(in: tree.texts))
    }

    private func expectNothing(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
        let report = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\(report)", sourceLocation: sourceLocation)
    }
}
