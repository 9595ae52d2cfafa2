import NIOCore

extension PacketReader {
    mutating func disconnect() throws(PacketError) -> Disconnect {
        var disconnect = Disconnect()
        if version == .v5, body.readableBytes > 0 {
            disconnect.reasonCode = try reasonCode()
            // A property length of 0 may be left out (§3.14.2.2.1).
            if body.readableBytes > 0 { disconnect.properties = try disconnectProperties() }
        }
        try finish()
        return disconnect
    }

    private mutating func disconnectProperties() throws(PacketError) -> DisconnectProperties {
        var properties = DisconnectProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .sessionExpiryInterval:
                properties.sessionExpiryInterval = try reader.uint32(identifier)
                if reader.direction == .toClient {
                    throw reader.violation("a session expiry interval from a server")
                }
            case .reasonString: properties.reasonString = try reader.text(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            case .serverReference:
                properties.serverReference = try reader.text(identifier)
                if reader.direction == .toServer { throw reader.violation("a server reference from a client") }
            default: return false
            }
            return true
        }
        return properties
    }

    mutating func auth() throws(PacketError) -> Auth {
        // Success without anything is an empty packet; else both reason code and properties are there (§3.15.2.1).
        if body.readableBytes == 0 {
            guard ReasonCode.success.isAllowed(in: .auth, direction: direction) else {
                throw violation("reason code \(ReasonCode.success)")
            }
            return Auth()
        }
        var auth = Auth(reasonCode: try reasonCode())
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .authenticationMethod: auth.properties.authenticationMethod = try reader.text(identifier)
            case .authenticationData: auth.properties.authenticationData = try reader.binary(identifier)
            case .reasonString: auth.properties.reasonString = try reader.text(identifier)
            case .userProperty: try reader.userProperty(&auth.properties.userProperties)
            default: return false
            }
            return true
        }
        if auth.properties.authenticationMethod == nil { throw violation("no authentication method") }
        try finish()
        return auth
    }
}
