"""Adds a camera in Home Assistant's order, and reads its events with Home Assistant's parsers.

Runs in the environment that `prepare` made. Usage: HOST PORT USER PASSWORD. Prints one line when it listens, with
what it learnt until then; then it hears until each topic of the device has told of something active (or has told
something, where there is nothing active), and prints what Home Assistant would show for each.
"""

import asyncio
import datetime as dt
import json
import sys

import onvif_parsers
from onvif import ONVIFCamera
from onvif_parsers.errors import UnknownTopicError

PATIENCE_S = 20
ACTIVE = {"true", "active"}
STATELESS = {"tns1:Monitoring/OperatingTime/LastReboot"}
TOPICS = "http://www.onvif.org/ver10/topics"
TOPIC_MARK = "{http://docs.oasis-open.org/wsn/t-1}topic"


async def use(host, port, username, password):
    """Add the camera, listen, and return what the topics told."""
    camera = ONVIFCamera(host, int(port), username, password)
    try:
        learnt, media = await add(camera)
        manager = await camera.create_pullpoint_manager(dt.timedelta(minutes=10), lambda: None)
        try:
            events = await camera.create_events_service()
            topics = topics_of((await events.GetEventProperties()).TopicSet)
            await manager.set_synchronization_point()
            print_line(learnt | {"topics": sorted(topics)})
            await change_profiles(media, learnt["profiles"][0])
            heard = await listen(manager.get_service(), topics)
            await manager._renew_subscription()
            return heard
        finally:
            await manager.shutdown()
    finally:
        await camera.close()


async def add(camera):
    """Ask what Home Assistant asks when a camera is added."""
    await camera.update_xaddrs()
    management = await camera.create_devicemgmt_service()
    await management.GetSystemDateAndTime()
    await camera.get_capabilities()
    interfaces = await management.GetNetworkInterfaces()
    information = await management.GetDeviceInformation()
    media = await camera.create_media_service()
    capabilities = await media.GetServiceCapabilities()
    profiles = [each for each in await media.GetProfiles() if each.VideoEncoderConfiguration.Encoding == "H264"]
    ptz = await camera.create_ptz_service()
    presets = [await ptz.GetPresets({"ProfileToken": each.token}) for each in profiles if each.PTZConfiguration]
    await camera.create_imaging_service()
    streams = []
    for each in profiles:
        request = media.create_type("GetStreamUri")
        request.ProfileToken = each.token
        request.StreamSetup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        streams.append((await media.GetStreamUri(request)).Uri)
    picture = await camera.get_snapshot(profiles[0].token)
    learnt = {
        "mac": interfaces[0].Info.HwAddress,
        "serial": information.SerialNumber,
        "snapshots": capabilities.SnapshotUri,
        "profiles": [each.token for each in profiles],
        "presets": len(presets),
        "streams": streams,
        "picture": picture[:2].hex(),
    }
    return learnt, media


def topics_of(topic_set):
    """Return the expressions of all topics below a topic set."""
    found = set()

    def walk(element, path):
        if element.get(TOPIC_MARK) == "true":
            found.add("tns1:" + "/".join(path))
        for child in element:
            if not child.tag.startswith("{") or child.tag.startswith(f"{{{TOPICS}}}"):
                walk(child, [*path, child.tag.rpartition("}")[2]])

    for root in topic_set._value_1:
        walk(root, [root.tag.rpartition("}")[2]])
    return found


async def change_profiles(media, token):
    """Make the device tell of a changed profile and of a changed configuration."""
    made = await media.CreateProfile({"Name": "heard"})
    await media.AddVideoSourceConfiguration(
        {"ProfileToken": made.token, "ConfigurationToken": "VideoSourceConfig_0"},
    )
    await media.DeleteProfile({"ProfileToken": made.token})
    encoder = (await media.GetProfile({"ProfileToken": token})).VideoEncoderConfiguration
    encoder.Quality = 2.0 if encoder.Quality != 2.0 else 3.0
    encoder.RateControl.BitrateLimit = 2000 if encoder.RateControl.BitrateLimit != 2000 else 1000
    await media.SetVideoEncoderConfiguration({"Configuration": encoder, "ForcePersistence": True})


async def listen(service, topics):
    """Pull until every topic has told; return what Home Assistant makes of each."""
    heard: dict[str, object] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while set(heard) < topics:
                answer = await service.PullMessages({"MessageLimit": 100, "Timeout": dt.timedelta(seconds=60)})
                for each in answer.NotificationMessage:
                    topic = each.Topic._value_1.rstrip("/.")
                    value = first_value(each)
                    if topic in STATELESS or value is None or value in ACTIVE or value.isdigit():
                        heard[topic] = await parsed(topic, each)
    except TimeoutError:
        pass  # what is missing is seen by the test
    return heard


def first_value(message):
    """Return the value of the first item of data, None without data."""
    data = message.Message._value_1.Data
    return data.SimpleItem[0].Value if data and data.SimpleItem else None


async def parsed(topic, message):
    """Return what Home Assistant would show: name, platform, class and value of each; None for unknown topics."""
    try:
        entities = await onvif_parsers.parse(topic, "camera", message)
    except UnknownTopicError:
        return None
    return [[each.name, each.platform, each.device_class, each.value] for each in entities]


def print_line(line):
    """Tell the program that started us."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    print_line(asyncio.run(use(*sys.argv[1:])))
