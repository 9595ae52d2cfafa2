// PacketCases
