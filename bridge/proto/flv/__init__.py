"""FLV (Adobe Flash Video File Format Specification 10.1, and the Enhanced RTMP additions): tags and what they carry."""
