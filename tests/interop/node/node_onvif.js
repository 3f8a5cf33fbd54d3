// Adds and moves a camera with node-onvif; prints what it saw as JSON.
// Usage: node node_onvif.js XADDR USER PASSWORD
'use strict';
const { OnvifDevice } = require('node-onvif');

const [xaddr, user, pass] = process.argv.slice(2);
const device = new OnvifDevice({ xaddr, user, pass });

async function use() {
  const information = await device.init();
  const profiles = device.getProfileList().map((profile) => ({
    token: profile.token,
    stream: profile.stream.rtsp,
    snapshot: profile.snapshot,
    video: profile.video.encoder,
  }));
  const snapshot = await device.fetchSnapshot();
  await device.ptzMove({ speed: { x: -1.0, y: 0.0, z: 0.0 }, timeout: 1 });
  await device.ptzStop();
  return { information, profiles, snapshot: snapshot.body.subarray(0, 2).toString('hex') };
}

use().then(
  (result) => {
    process.stdout.write(JSON.stringify(result) + '\n');
    process.exit(0);
  },
  (failure) => {
    process.stderr.write(`${failure.stack}\n`);
    process.exit(1);
  },
);
