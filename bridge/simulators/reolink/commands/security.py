"""Commands about accounts and sessions (section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import DONE, Answer, NativeError
from bridge.simulators.reolink.sessions import LEVELS, LONGEST_NAME, SHORTEST_PASSWORD, Account, checked_password

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.device import Call, Device

ENCRYPTED_LOGIN = "1"
"""`Version` of the vendor's private login, which is described nowhere."""


def login(call: Call) -> Answer:
    """`Login`: a new session every time."""
    device, user = call.device, call.wanted("User")
    if user.get("Version") == ENCRYPTED_LOGIN:
        raise NativeError(-310)
    lock = device.settings["SysCfg"].value
    if lock["loginLock"]:
        device.sessions.check_lock(call.caller.ip, call.now)
    account = device.accounts.verified(user.get("userName"), user.get("password"))
    if account is None:
        if lock["loginLock"]:
            device.sessions.count_failure(
                call.caller.ip, call.now, allowed=lock["allowedTimes"], lock_s=lock["LockTime"]
            )
        raise _login_failed(device)
    session = device.sessions.open(account, call.caller.ip, call.now)
    return Answer({"Token": {"leaseTime": int(device.sessions.lease_s), "name": session.token}})


def logout(call: Call) -> Answer:
    """`Logout`: ends the session whose token the URL carries."""
    if call.caller.session is not None:
        call.device.sessions.close(call.caller.session)
    return DONE


def get_users(call: Call) -> Answer:
    """`GetUser`."""
    users = [{"level": account.level, "userName": account.name} for account in call.device.accounts.all()]
    if not call.is_full:
        return Answer({"User": users})
    limits = {
        "level": list(LEVELS),
        "password": {"maxLen": LONGEST_NAME, "minLen": SHORTEST_PASSWORD},
        "userName": {"maxLen": LONGEST_NAME, "minLen": 1},
    }
    return Answer({"User": users}, {"User": {"level": "guest"}}, {"User": limits})


def add_user(call: Call) -> Answer:
    """`AddUser`."""
    user = call.wanted("User")
    call.device.accounts.add(user.get("userName"), user.get("password"), user.get("level"))
    return DONE


def delete_user(call: Call) -> Answer:
    """`DelUser`: their sessions end."""
    account = call.device.accounts.remove(call.wanted("User").get("userName"))
    call.device.sessions.close_all(account)
    return DONE


def modify_user(call: Call) -> Answer:
    """`ModifyUser`: a new password ends the sessions of its account."""
    user = call.wanted("User")
    account = call.device.accounts.find(user.get("userName"))
    if account is None:
        raise NativeError(-27)
    if user.get("oldPassword", account.password) != account.password:
        raise NativeError(-7)
    account.password = checked_password(user.get("newPassword"))
    call.device.sessions.close_all(account)
    return DONE


def get_online(call: Call) -> Answer:
    """`GetOnline`: everyone may be disconnected but the asker."""
    own = call.caller.session

    def shown(account: Account, session_id: int, ip: str, *, is_own: bool) -> JsonObject:
        fields: JsonObject = {"canbeDisconn": int(not is_own), "ip": ip, "level": account.level}
        return {**fields, "sessionId": session_id, "userName": account.name}

    sessions = call.device.sessions.in_force(call.now)
    return Answer({"User": [shown(s.account, s.session_id, s.ip, is_own=s is own) for s in sessions]})


def disconnect(call: Call) -> Answer:
    """`Disconnect`: ends another's session."""
    user = call.wanted("User")
    for session in call.device.sessions.in_force(call.now):
        if (session.session_id, session.account.name) == (user.get("sessionId"), user.get("userName")):
            call.device.sessions.close(session)
            return DONE
    raise NativeError(-4)


def _login_failed(device: Device) -> NativeError:
    if "password_wrong" in device.switches:
        return NativeError(-502, "password wrong")
    return NativeError(-7)


COMMANDS = {
    "Login": login,
    "Logout": logout,
    "GetUser": get_users,
    "AddUser": add_user,
    "DelUser": delete_user,
    "ModifyUser": modify_user,
    "GetOnline": get_online,
    "Disconnect": disconnect,
}
