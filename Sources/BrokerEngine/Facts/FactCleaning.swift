import Journal

/// An old page on its way to the tail.
struct FactCleaning {
    /// Its number.
    var page: UInt64
    /// Where its reading stands; nil until the shell brought the bytes.
    var reader: PageReader?
    /// How many message records were passed, to find their handles.
    var messagesPassed = 0
}
