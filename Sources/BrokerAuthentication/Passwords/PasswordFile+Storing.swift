import Glibc

extension PasswordFile {
    /// Reads a file.
    ///
    /// - Parameter path: Where it is.
    /// - Returns: The file.
    /// - Throws: What kept it from being read.
    package static func read(_ path: String) throws(AuthenticationError) -> PasswordFile {
        PasswordFile(try SettingFile.read(path, "the password file"))
    }

    /// Changes a file in one step: whoever reads it sees all of the change, or none; of two who change it, one waits for the other.
    ///
    /// A new file can be read and written by its owner only. One that is there keeps its owner, and its group where no others may read it.
    ///
    /// - Parameters:
    ///   - path: Where it is; made when it is missing.
    ///   - change: Changes it; what it throws leaves the file as it was.
    /// - Returns: What the change returned.
    /// - Throws: What kept the file from being changed.
    package static func change<Value>(
        _ path: String,
        _ change: (inout PasswordFile) throws(AuthenticationError) -> Value
    ) throws(AuthenticationError) -> Value {
        let (path, descriptor) = try lock(path)
        defer { close(descriptor) }
        var file = PasswordFile(try SettingFile.read(descriptor, path, what))
        let value = try change(&file)
        try replace(path, descriptor, with: file.bytes)
        return value
    }

    private static let what = "the password file"

    /// Opens the file and locks it, by its own name, behind any symbolic link.
    private static func lock(_ name: String) throws(AuthenticationError) -> (path: String, descriptor: CInt) {
        while true {
            let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw SettingFile.failure(name, what) }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    let error = SettingFile.failure(name, what)
                    close(descriptor)
                    throw error
                }
            }
            // Safe because the result is a string that the call allocated, freed here after it was copied.
            guard let resolved = realpath(name, nil) else {
                close(descriptor)
                throw SettingFile.failure(name, what)
            }
            let path = String(cString: resolved)
            free(resolved)
            var (held, named) = (stat(), stat())
            // Safe because the calls only fill in the structs they are given.
            if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
                held.st_dev == named.st_dev
            {
                guard held.st_mode & S_IFMT == S_IFREG else {
                    close(descriptor)
                    throw AuthenticationError(.file, "\(name) is no regular file")
                }
                return (path, descriptor)
            }
            // Somebody replaced it while this one waited: what is locked is the file of before.
            close(descriptor)
        }
    }

    private static func replace(
        _ path: String,
        _ descriptor: CInt,
        with bytes: [UInt8]
    ) throws(AuthenticationError) {
        var old = stat()
        // Safe because the call only fills in the struct it is given.
        guard fstat(descriptor, &old) == 0 else { throw SettingFile.failure(path, what) }
        let temporary = "\(path).\(getpid()).new"
        let new = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard new >= 0 else { throw SettingFile.failure(temporary, "the new password file") }
        do throws(AuthenticationError) {
            defer { close(new) }
            try write(bytes, to: new, temporary)
            if old.st_uid != geteuid() || old.st_gid != getegid(), fchown(new, old.st_uid, old.st_gid) != 0 {
                throw SettingFile.failure(temporary, "the owner of the password file")
            }
            let mode = old.st_mode & 0o777
            guard fchmod(new, mode & ~0o640 == 0 ? mode : 0o600) == 0, fsync(new) == 0 else {
                throw SettingFile.failure(temporary, "the new password file")
            }
            guard rename(temporary, path) == 0 else { throw SettingFile.failure(path, what) }
        } catch {
            unlink(temporary)
            throw error
        }
        synchronizeFolder(of: path)
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(AuthenticationError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Safe because the pointer is used only within the call, for the count that goes with it.
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw SettingFile.failure(path, "the new password file")
            }
        }
    }

    /// Sees to it that the new name is on the disk; where folders cannot be synchronised, they need not be.
    private static func synchronizeFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
