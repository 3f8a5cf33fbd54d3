"""From one camera stream to many viewers: sources, hub, RTSP server, snapshots."""
