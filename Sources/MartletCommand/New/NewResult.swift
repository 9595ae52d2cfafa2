/// What `martlet new --json` prints.
struct NewResult: Encodable {
    var name: String
    var template: String
    var path: String
    var files: [String]
}
