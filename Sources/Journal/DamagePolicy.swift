/// What recovery does when stored bytes are not what was written.
package enum DamagePolicy: Sendable {
    /// Hand out nothing behind the first damage, throw the whole report and change nothing: a person decides. The default.
    case refuse

    /// Go on with what is intact: whole pages, and the intact records of damaged ones. The report names the rest, and the
    /// damaged bytes are set aside, never deleted.
    case salvage
}
