"""Adds and uses a camera in the order in which Home Assistant does, with its client library onvif-zeep-async.

Runs in the environment that `prepare` made. Usage: HOST PORT USER PASSWORD TRIGGER_URL; prints what it saw as JSON.
"""

import asyncio
import datetime as dt
import json
import sys

import aiohttp
from onvif import ONVIFCamera


async def use(host, port, username, password, trigger_url):
    """Return what Home Assistant would have learnt."""
    camera = ONVIFCamera(host, int(port), username, password)
    try:
        await camera.update_xaddrs()
        management = await camera.create_devicemgmt_service()
        result = {
            "time": str((await management.GetSystemDateAndTime()).UTCDateTime is not None),
            "serial": (await management.GetDeviceInformation()).SerialNumber,
            "mac": [interface.Info.HwAddress for interface in await management.GetNetworkInterfaces()],
            "snapshots": (await camera.get_capabilities())["Media"] is not None,
        }
        media = await camera.create_media_service()
        ptz = await camera.create_ptz_service()
        imaging = await camera.create_imaging_service()
        result["profiles"] = [await describe(camera, media, ptz, profile) for profile in await media.GetProfiles()]
        source = (await media.GetProfiles())[0].VideoSourceConfiguration.SourceToken
        result["brightness"] = (await imaging.GetImagingSettings({"VideoSourceToken": source})).Brightness
        result["snapshot"] = (await camera.get_snapshot(result["profiles"][0]["token"]))[:2].hex()
        result["topics"] = await wait_for_motion(camera, trigger_url)
        return result
    finally:
        await camera.close()


async def describe(camera, media, ptz, profile):
    """Return one profile with its addresses and presets."""
    request = media.create_type("GetStreamUri")
    request.ProfileToken = profile.token
    request.StreamSetup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    return {
        "token": profile.token,
        "encoding": profile.VideoEncoderConfiguration.Encoding,
        "stream": (await media.GetStreamUri(request)).Uri,
        "snapshot": await camera.get_snapshot_uri(profile.token),
        "presets": [preset.token for preset in await ptz.GetPresets({"ProfileToken": profile.token})],
        "continuous": profile.PTZConfiguration.DefaultContinuousPanTiltVelocitySpace,
    }


async def wait_for_motion(camera, trigger_url):
    """Subscribe, let something move, and return the topics that told of it."""
    manager = await camera.create_pullpoint_manager(dt.timedelta(minutes=10), lambda: None)
    try:
        await manager.set_synchronization_point()
        service = manager.get_service()
        await trigger(trigger_url, active=True)
        topics: set[str] = set()
        async with asyncio.timeout(10):
            while len(topics) < 2:
                answer = await service.PullMessages({"MessageLimit": 100, "Timeout": dt.timedelta(seconds=60)})
                for message in answer.NotificationMessage:
                    item = message.Message._value_1.Data.SimpleItem[0]
                    if item.Value == "true":
                        topics.add(message.Topic._value_1)
        return sorted(topics)
    finally:
        await trigger(trigger_url, active=False)
        await manager.shutdown()


async def trigger(url, *, active):
    """Make something move in front of the simulated camera, or not."""
    async with aiohttp.ClientSession() as session, session.post(url, json={"kind": "motion", "active": active}):
        pass


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(use(*sys.argv[1:]))) + "\n")
