"""RTMP (Adobe's Real-Time Messaging Protocol 1.0), as a client that plays one stream."""
