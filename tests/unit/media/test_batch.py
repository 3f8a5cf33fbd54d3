from bridge.media.batch import Batch
from tests.unit.media.streams import audio, frame, rtp, video


def test_frames_are_views_without_framing() -> None:
    batch = Batch(video(b"v", seq=1) + audio(b"a", seq=2), keyframe=None)

    channels = [(channel, bytes(packet)) for channel, packet in batch.frames()]

    assert channels == [
        (0, rtp(b"v", seq=1, rtp_time=0)),
        (2, rtp(b"a", seq=2, rtp_time=0, ssrc=8, payload_type=97)),
    ]
    assert batch.frames() is batch.frames()


def test_identity_mapping_is_the_data_itself() -> None:
    batch = Batch(video(b"v", seq=1), keyframe=None)

    assert batch.mapped((0, 1, 2, 3)) is batch.data


def test_mapping_renumbers_and_drops_and_is_made_once() -> None:
    batch = Batch(video(b"v", seq=1) + audio(b"a", seq=2) + video(b"w", seq=2), keyframe=None)

    mapped = batch.mapped((6, 7, None, None))

    assert mapped == frame(6, rtp(b"v", seq=1, rtp_time=0)) + frame(6, rtp(b"w", seq=2, rtp_time=0))
    assert batch.mapped((6, 7, None, None)) is mapped


def test_data_is_left_alone_when_what_is_dropped_is_not_in_it() -> None:
    batch = Batch(video(b"v", seq=1), keyframe=None)

    assert batch.mapped((0, 1, None, None)) is batch.data
    assert Batch(audio(b"a", seq=1), keyframe=None).mapped((0, 1, None, None)) == b""
