"""What the bridge must know about the media inside RTP packets."""
