/// A user as `martlet passwd --list --json` prints it.
struct PasswordUser: Encodable {
    var name: String
    var groups: [String]
}
