/// The items of a list, as many as were asked for.
struct InspectedList<Item: Encodable> {
    var items: [Item]
    /// Whether there are more.
    var isCut: Bool
}
