/// A message of a group, to count its deliveries.
struct AttemptKey: Hashable {
    var group: Int32
    var message: Int32
}
