"""The ability set, `GetAbility` (Camera HTTP API v7, section 3.1.1): what a persona says that it can do.

Each key has a `permit` (1 execute, 2 write, 4 read) and a `ver` (0 absent, else a variant). The keys are the
firmware's, spelling mistakes included. Abilities whose commands or ports this simulator does not serve have `ver` 0,
so that nobody is sent to a closed door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject

READ = 4
"""The one bit of a `permit` that a guest keeps."""
PTZ_TYPE = "ptzType"


@dataclass(frozen=True, slots=True)
class Abilities:
    """Abilities of the device and of its picture, as `permit` and `ver` by key."""

    device: Mapping[str, tuple[int, int]]
    channel: Mapping[str, tuple[int, int]]

    def version(self, key: str) -> int:
        """Return the `ver` of a picture's ability, 0 when the key is missing."""
        return self.channel.get(key, (0, 0))[1]

    def changed(self, **channel: int) -> Abilities:
        """Return a copy in which some abilities of the picture have another `ver`; 0 takes the permit too."""
        changes = {key: (self.channel.get(key, (0, 0))[0] or 6 if ver else 0, ver) for key, ver in channel.items()}
        return Abilities(self.device, {**self.channel, **changes})

    def with_device(self, **device: tuple[int, int]) -> Abilities:
        """Return a copy in which some abilities of the device are others."""
        return Abilities({**self.device, **device}, self.channel)

    def of_device(self, *, is_guest: bool) -> JsonObject:
        """Return what the device can do, as an account sees it."""
        return _shown(self.device, is_guest=is_guest)

    def of_channel(self, *, is_guest: bool) -> JsonObject:
        """Return what can be done with the picture, as an account sees it."""
        channel = dict(self.channel)
        if is_guest and PTZ_TYPE in channel:
            channel[PTZ_TYPE] = (0, 0)
        return _shown(channel, is_guest=is_guest)


def table(text: str) -> dict[str, tuple[int, int]]:
    """Read `key permit ver` triples, separated by blanks."""
    words = text.split()
    return {key: (int(permit), int(ver)) for key, permit, ver in zip(*[iter(words)] * 3, strict=True)}


def _shown(abilities: Mapping[str, tuple[int, int]], *, is_guest: bool) -> JsonObject:
    mask = READ if is_guest else 7
    return {key: {"permit": permit & mask, "ver": ver} for key, (permit, ver) in abilities.items()}


_DEVICE = table("""
    3g 0 0                          alarmAudio 6 1                  alarmDisconnct 6 1
    alarmHddErr 6 1                 alarmHddFull 6 1                alarmIpConflict 6 1
    auth 6 1                        autoMaint 6 1                   cloudStorage 0 0
    customAudio 1 1                 dateFormat 6 1                  ddns 6 9
    ddnsCfg 6 1                     devInfo 4 1                     devName 6 2
    disableAutoFocus 0 0            disk 0 0                        display 6 1
    email 6 3                       emailInterval 6 1               emailSchedule 6 1
    exportCfg 4 0                   ftpAutoDir 0 0                  ftpExtStream 0 0
    ftpPic 0 0                      ftpSubStream 0 0                ftpTest 6 1
    hourFmt 6 2                     http 6 3                        httpFlv 6 1
    https 6 3                       importCfg 1 0                   ipcManager 6 1
    ledControl 7 1                  localLink 6 1                   log 6 1
    mediaPort 6 1                   ntp 6 1                         online 6 1
    onvif 6 3                       p2p 6 1                         performance 4 1
    pppoe 6 0                       push 6 1                        pushSchedule 6 1
    reboot 1 1                      recExtensionTimeList 6 1        recOverWrite 6 1
    recPackDuration 6 0             recPreRecord 6 1                restore 1 1
    rtmp 0 0                        rtsp 6 3                        scheduleVersion 6 1
    sdCard 6 1                      showQrCode 6 0                  simMoudule 6 0
    supportAudioAlarm 6 1           supportAudioAlarmEnable 6 1     supportAudioAlarmSchedule 6 1
    supportAudioAlarmTaskEnable 6 1 supportBuzzer 0 0               supportBuzzerEnable 0 0
    supportBuzzerTask 0 0           supportBuzzerTaskEnable 0 0     supportEmailEnable 6 1
    supportEmailTaskEnable 0 0      supportFtpCoverPicture 0 0      supportFtpCoverVideo 0 0
    supportFtpDirYM 0 0             supportFtpEnable 6 1            supportFtpPicCaptureMode 0 0
    supportFtpPicResoCustom 6 0     supportFtpPictureSwap 0 0       supportFtpTask 0 0
    supportFtpTaskEnable 0 0        supportFtpVideoSwap 0 0         supportFtpsEncrypt 0 0
    supportHttpEnable 6 1           supportHttpsEnable 6 1          supportOnvifEnable 6 1
    supportPushInterval 6 1         supportRecScheduleEnable 6 1    supportRecordEnable 6 1
    supportRtmpEnable 6 1           supportRtspEnable 6 1           talk 4 1
    time 6 2                        tvSystem 6 0                    upgrade 0 0
    upnp 6 1                        user 6 1                        videoClip 0 0
    wifi 0 0                        wifiTest 6 0
""")

_CHANNEL = table("""
    aiTrack 6 1                     aiTrackDogCat 0 0               alarmAudio 6 1
    alarmIoIn 0 0                   alarmIoOut 0 0                  alarmMd 6 1
    alarmRf 0 0                     batAnalysis 0 0                 battery 0 0
    cameraMode 6 0                  disableAutoFocus 6 1            enc 6 1
    floodLight 6 1                  ftp 6 6                         image 6 1
    indicatorLight 0 0              isp 6 1                         isp3Dnr 6 1
    ispAntiFlick 6 1                ispBackLight 6 1                ispBright 6 1
    ispContrast 6 1                 ispDayNight 6 2                 ispExposureMode 6 1
    ispFlip 6 1                     ispHue 6 1                      ispMirror 6 1
    ispSatruation 6 1               ispSharpen 6 1                  ispWhiteBalance 6 1
    ledControl 6 1                  live 4 2                        mainEncType 0 0
    mask 6 1                        mdTriggerAudio 0 0              mdTriggerRecord 0 0
    mdWithPir 0 0                   osd 6 1                         powerLed 6 1
    ptzCtrl 1 2                     ptzDirection 1 0                ptzPatrol 7 1
    ptzPreset 7 1                   ptzTattern 6 1                  ptzType 1 2
    recCfg 6 1                      recDownload 6 1                 recReplay 6 1
    recSchedule 6 2                 shelterCfg 6 1                  snap 6 1
    supportAi 6 1                   supportAiAnimal 0 0             supportAiDetectConfig 6 1
    supportAiDogCat 6 1             supportAiFace 0 0               supportAiPeople 6 1
    supportAiSensitivity 6 1        supportAiStayTime 6 1           supportAiTargetSize 6 1
    supportAiTrackClassify 0 0      supportAiVehicle 6 1            supportAoAdjust 0 1
    supportFLBrightness 6 1         supportFLIntelligent 6 1        supportFLKeepOn 0 0
    supportFLSchedule 6 1           supportFLswitch 6 1             supportGop 0 1
    supportMd 6 1                   supportPtzCalibration 1 1       supportPtzCheck 1 1
    supportThresholdAdjust 6 1      supportWhiteDark 6 1            videoClip 0 0
    waterMark 6 1                   white_balance 6 0
""")

PTZ_CAMERA = Abilities(_DEVICE, _CHANNEL)
"""A pan/tilt/zoom camera with all keys that the document prints."""

FIXED_CAMERA = PTZ_CAMERA.changed(
    aiTrack=0,
    disableAutoFocus=0,
    ptzCtrl=0,
    ptzPatrol=0,
    ptzPreset=0,
    ptzTattern=0,
    ptzType=0,
    supportPtzCalibration=0,
    supportPtzCheck=0,
)
"""The same without a head."""

_NEWER_KEYS = frozenset({"scheduleVersion", "rtsp"})
OLD_FIXED_CAMERA = Abilities(
    {key: entry for key, entry in _DEVICE.items() if key not in _NEWER_KEYS and not key.startswith("support")},
    {key: entry for key, entry in FIXED_CAMERA.channel.items() if not key.startswith("support")},
).changed(floodLight=0, powerLed=0, ispBackLight=0, ispExposureMode=0, recDownload=0, recReplay=0)
"""Firmware 2.0: no `support…` keys, no flavour of schedules, no card, and less to set on the picture."""

DOORBELL = FIXED_CAMERA.changed(floodLight=0, supportFLswitch=0, supportAiFace=0)
"""A doorbell with a speaker; it has no spotlight."""

BATTERY_CAMERA = FIXED_CAMERA.changed(battery=1, batAnalysis=1, mdWithPir=1, floodLight=0, supportFLswitch=0)
"""A camera that sleeps to spare its battery."""

RECORDER = Abilities({**_DEVICE, "alarmDisconnct": (6, 1), "talk": (0, 0), "disk": (6, 1), "sdCard": (0, 0)}, {})
"""A recorder itself; what its pictures can do is the affair of the cameras."""

NOTHING = Abilities({}, {})
"""Firmware that tells of no abilities at all (scenario `no_abilities`)."""
