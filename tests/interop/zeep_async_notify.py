"""Has notifications posted to a web hook, in the order in which Home Assistant does, with onvif-zeep-async.

Runs in the environment that `prepare` made. Usage: HOST PORT USER PASSWORD TRIGGER_URL; prints what it saw as JSON.
"""

import asyncio
import datetime as dt
import json
import sys
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from onvif import ONVIFCamera


async def use(host, port, username, password, trigger_url):
    """Return what the web hook was told."""
    camera = ONVIFCamera(host, int(port), username, password)
    try:
        await camera.update_xaddrs()
        capabilities = await (await camera.create_events_service()).GetServiceCapabilities()
        async with web_hook() as (address, posts):
            manager = await camera.create_notification_manager(address, dt.timedelta(minutes=10), lambda: None)
            try:
                first = await read(manager, posts)
                await manager.set_synchronization_point()
                again = await read(manager, posts)
                await trigger(trigger_url, active=True)
                topics: set[str] = set()
                async with asyncio.timeout(10):
                    while len(topics) < 2:
                        told = await read(manager, posts)
                        topics |= {topic for topic, operation, _ in told if operation == "Changed"}
                await manager._call_subscription_renew()
            finally:
                await trigger(trigger_url, active=False)
                await manager.shutdown()
        return {
            "producers": capabilities.MaxNotificationProducers,
            "first": first,
            "again": again,
            "topics": sorted(topics),
        }
    finally:
        await camera.close()


async def read(manager, posts):
    """Return topic, operation and value of every message in the next post."""
    async with asyncio.timeout(10):
        answer = manager.process(await posts.get())
    told = []
    for each in answer.NotificationMessage:
        message = each.Message._value_1
        told.append((each.Topic._value_1, message.PropertyOperation, message.Data.SimpleItem[0].Value))
    return told


@asynccontextmanager
async def web_hook():
    """An address that can be posted to, and a queue of what was."""
    posts: asyncio.Queue[bytes] = asyncio.Queue()

    async def hook(request):
        posts.put_nowait(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/webhook/{id}", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/webhook/onvif", posts
    finally:
        await runner.cleanup()


async def trigger(url, *, active):
    """Make something move in front of the simulated camera, or not."""
    async with aiohttp.ClientSession() as session, session.post(url, json={"kind": "motion", "active": active}):
        pass


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(use(*sys.argv[1:]))) + "\n")
