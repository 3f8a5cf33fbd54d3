"""Making, changing and deleting media profiles: the rules that both media services share.

ONVIF Media and Media2 Service Specifications, chapters on media profiles. "Fixed" means that a profile cannot be
deleted, not that it cannot be changed. An encoder needs its source, a decoder its output, and picture and sound come
from one native stream. Metadata, analytics and PTZ may stand alone: test specifications of Media add and leave them
without a source, and Media2 only recommends to refuse that. Every change is kept, and subscribers to events are told.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.configurations import no_configuration, require_profile
from bridge.onvif.media_store import KeptProfile
from bridge.onvif.media_tokens import ConfigurationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaModel, MediaProfile

MAX_NAME_CHARS = 64
"""Longest name and token, as the schema has it."""

_NEEDS = {
    ConfigurationKind.VIDEO_ENCODER: ConfigurationKind.VIDEO_SOURCE,
    ConfigurationKind.AUDIO_ENCODER: ConfigurationKind.AUDIO_SOURCE,
    ConfigurationKind.AUDIO_DECODER: ConfigurationKind.AUDIO_OUTPUT,
}
_ENCODERS = (ConfigurationKind.VIDEO_ENCODER, ConfigurationKind.AUDIO_ENCODER)


def create_profile(
    device: VirtualDevice, name: str, *, token: str | None = None, adding: Iterable[tuple[str, str | None]] = ()
) -> MediaProfile:
    """Make a media profile and return it.

    Args:
        device: the device.
        name: for people.
        token: the client's wish; without one the profile gets a token that was never used before.
        adding: kind and token of each configuration in it.

    Raises:
        ClientFault: MaxNVTProfiles, ProfileExists, NoConfig, ConfigurationConflict, or InvalidArgVal for a name or
            token that is empty or too long.
    """
    media = device.media
    if len(media.profiles) >= media.maximum_number_of_profiles:
        raise ClientFault(
            "Receiver", ("Action", "MaxNVTProfiles"), f"There are {len(media.profiles)} media profiles, no more fit in"
        )
    if token is not None and media.profile(token) is not None:
        raise ClientFault("Sender", ("InvalidArgVal", "ProfileExists"), f"There is a media profile '{token}' already")
    token = secrets.token_hex(8) if token is None else _checked(token, what="token")
    configurations = _with(media, {}, adding)
    kept = KeptProfile(_checked(name, what="name"), configurations)
    media.store.keep_free({**media.store.profiles.free, token: kept})
    device.broker.profile_changed(token)
    return require_profile(media, token)


def delete_profile(device: VirtualDevice, token: str) -> None:
    """Delete a media profile that a client has made.

    Raises:
        ClientFault: NoProfile, DeletionOfFixedProfile.
    """
    media = device.media
    if require_profile(media, token).fixed:
        raise ClientFault(
            "Sender", ("Action", "DeletionOfFixedProfile"), f"Media profile '{token}' belongs to a stream of the camera"
        )
    media.store.keep_free({each: kept for each, kept in media.store.profiles.free.items() if each != token})
    device.broker.profile_changed(token)


def add_configurations(
    device: VirtualDevice, token: str, adding: Iterable[tuple[str, str | None]], *, name: str | None = None
) -> None:
    """Put configurations into a media profile, each in the place of what it holds of that kind. All or nothing.

    Args:
        device: the device.
        token: of the profile.
        adding: kind and token of each configuration.
        name: the profile's new name; None leaves it.

    Raises:
        ClientFault: NoProfile, NoConfig, ConfigurationConflict, or InvalidArgVal for the name.
    """
    profile = require_profile(device.media, token)
    configurations = _with(device.media, profile.configurations, adding)
    _keep(device, profile, configurations, name=profile.name if name is None else _checked(name, what="name"))


def remove_configurations(device: VirtualDevice, token: str, kinds: Collection[str]) -> None:
    """Take the configurations of these kinds out of a media profile; kinds that it does not hold are ignored.

    Raises:
        ClientFault: NoProfile, or ConfigurationConflict if an encoder would lose its source, or a decoder its output.
    """
    profile = require_profile(device.media, token)
    left = {kind: held for kind, held in profile.configurations.items() if kind not in kinds}
    _require_sound(device.media, left)
    _keep(device, profile, left, name=profile.name)


def _keep(
    device: VirtualDevice, profile: MediaProfile, configurations: dict[ConfigurationKind, str], *, name: str
) -> None:
    store, token = device.media.store, profile.token
    if not profile.fixed:
        store.keep_free({**store.profiles.free, token: KeptProfile(name, configurations)})
    else:
        # Holding all that there is means to follow the camera: what it gains later belongs to the profile too.
        original = device.media.original_profiles()[token]
        others = {each: other for each, other in store.profiles.fixed.items() if each != token}
        kept = KeptProfile(name, None if configurations == original.configurations else configurations)
        is_changed = kept != replace(original, configurations=None)
        store.keep_fixed({**others, token: kept} if is_changed else others)
    device.broker.profile_changed(profile.token)


def _with(
    media: MediaModel, held: Mapping[ConfigurationKind, str], adding: Iterable[tuple[str, str | None]]
) -> dict[ConfigurationKind, str]:
    """Return what a profile holds after adding."""
    configurations = dict(held)
    for word, token in adding:
        kind = next((each for each in ConfigurationKind if each == word), None)
        if kind is None or token is None or token not in media.tokens(kind):
            raise no_configuration(f"There is no {word} configuration '{token or ''}'")
        configurations[kind] = token
    _require_sound(media, configurations)
    return configurations


def _require_sound(media: MediaModel, configurations: Mapping[ConfigurationKind, str]) -> None:
    """Check that configurations can be in one profile.

    Raises:
        ClientFault: ConfigurationConflict.
    """
    for kind, needed in _NEEDS.items():
        if kind in configurations and needed not in configurations:
            raise _conflict(f"A media profile with a {kind} configuration needs a {needed} configuration")
    streams = {media.stream(configurations[encoder]) for encoder in _ENCODERS if encoder in configurations}
    if len(streams) > 1:
        raise _conflict("Picture and sound of a media profile come from the same stream of the camera")


def _conflict(reason: str) -> ClientFault:
    return ClientFault("Receiver", ("Action", "ConfigurationConflict"), reason)


def _checked(value: str, *, what: str) -> str:
    if not 0 < len(value) <= MAX_NAME_CHARS:
        raise ClientFault("Sender", ("InvalidArgVal",), f"The {what} must have 1 to {MAX_NAME_CHARS} characters")
    return value
