/// Packets of MQTT 5, byte by byte.
enum RawPacket {
    /// CONNECT with a user name and a password, clean start, no keep-alive; all of it shorter than 16,384 bytes.
    static func connect(_ client: String, _ userName: String, _ password: String) -> [UInt8] {
        func field(_ text: String) -> [UInt8] {
            let bytes = Array(text.utf8)
            return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
        }
        let body = field("MQTT") + [5, 0xC2, 0, 0, 0] + field(client) + field(userName) + field(password)
        let length = body.count < 128 ? [UInt8(body.count)] : [UInt8(body.count & 0x7F | 0x80), UInt8(body.count >> 7)]
        return [0x10] + length + body
    }
}
