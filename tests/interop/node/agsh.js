// Adds and uses a camera as programs built on agsh/onvif do (Scrypted and others); prints what it saw as JSON.
// Usage: node agsh.js HOST PORT USER PASSWORD [TRIGGER_URL]; without the last, it prints a line when it listens, and
// somebody else has to let something move.
'use strict';
const http = require('http');
const { promisify } = require('util');
const { Cam } = require('onvif');

const [hostname, port, username, password, triggerUrl] = process.argv.slice(2);

function trigger(active) {
  if (!triggerUrl) {
    if (active) process.stdout.write('{"listening": true}\n');
    return Promise.resolve();
  }
  const body = JSON.stringify({ kind: 'motion', active });
  return new Promise((resolve, reject) => {
    const request = http.request(triggerUrl, { method: 'POST', headers: { 'Content-Type': 'application/json' } }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function motion(cam) {
  const seen = new Promise((resolve) => {
    cam.on('event', (message) => {
      const data = [].concat(message.message.message.data.simpleItem)[0].$;
      if (message.topic._.includes('VideoSource/MotionAlarm') && data.Value === true) resolve(message.topic._);
    });
  });
  await trigger(true);
  const topic = await seen;
  cam.removeAllListeners('event');
  await trigger(false);
  return topic;
}

async function use(cam) {
  const call = (name) => promisify(cam[name]).bind(cam);
  const result = { information: await call('getDeviceInformation')(), profiles: [], media2: cam.media2Support };
  for (const profile of cam.profiles) {
    const profileToken = profile.$.token;
    const stream = await call('getStreamUri')({ protocol: 'RTSP', profileToken });
    const snapshot = await call('getSnapshotUri')({ profileToken });
    result.profiles.push({ token: profileToken, stream: stream.uri, snapshot: snapshot.uri });
  }
  result.nodes = Object.keys(await call('getNodes')());
  await call('continuousMove')({ x: 0.5, y: 0, zoom: 0 });
  await call('stop')({ panTilt: true, zoom: true });
  await call('setPreset')({ presetName: 'agsh' });
  const presets = await call('getPresets')({});
  result.presets = presets;
  const presetToken = presets.agsh.$.token;
  await call('gotoPreset')({ preset: presetToken });
  await call('removePreset')({ presetToken });
  result.imaging = await call('getImagingSettings')({ token: cam.videoSources[0] ? cam.videoSources[0].$.token : cam.videoSources.$.token });
  result.status = await call('getStatus')({});
  result.motion = await motion(cam);
  return result;
}

new Cam({ hostname, port, username, password, timeout: 10000 }, async function connected(error) {
  try {
    if (error) throw error;
    process.stdout.write(JSON.stringify(await use(this)) + '\n');
    process.exit(0);
  } catch (failure) {
    process.stderr.write(`${failure.stack}\n`);
    process.exit(1);
  }
});
