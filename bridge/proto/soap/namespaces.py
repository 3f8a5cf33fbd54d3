"""Namespaces and the prefixes that answers use for them, exactly: some clients match the text."""

from __future__ import annotations

ENV = "http://www.w3.org/2003/05/soap-envelope"
TT = "http://www.onvif.org/ver10/schema"
TDS = "http://www.onvif.org/ver10/device/wsdl"
TRT = "http://www.onvif.org/ver10/media/wsdl"
TR2 = "http://www.onvif.org/ver20/media/wsdl"
TPTZ = "http://www.onvif.org/ver20/ptz/wsdl"
TIMG = "http://www.onvif.org/ver20/imaging/wsdl"
TEV = "http://www.onvif.org/ver10/events/wsdl"
TMD = "http://www.onvif.org/ver10/deviceIO/wsdl"
TAN = "http://www.onvif.org/ver20/analytics/wsdl"
AXT = "http://www.onvif.org/ver20/analytics"
TER = "http://www.onvif.org/ver10/error"
TNS1 = "http://www.onvif.org/ver10/topics"
DN = "http://www.onvif.org/ver10/network/wsdl"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
WSTOP = "http://docs.oasis-open.org/wsn/t-1"
WSRF_RW = "http://docs.oasis-open.org/wsrf/rw-2"
WSRF_BF = "http://docs.oasis-open.org/wsrf/bf-2"
WSA = "http://www.w3.org/2005/08/addressing"
WSA_2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"

PREFIXES = {
    "env": ENV,
    "tt": TT,
    "tds": TDS,
    "trt": TRT,
    "tr2": TR2,
    "tptz": TPTZ,
    "timg": TIMG,
    "tev": TEV,
    "tmd": TMD,
    "tan": TAN,
    "axt": AXT,
    "ter": TER,
    "tns1": TNS1,
    "dn": DN,
    "wsnt": WSNT,
    "wstop": WSTOP,
    "wsrf-rw": WSRF_RW,
    "wsrf-bf": WSRF_BF,
    "wsa": WSA,
    "d": WSD,
    "wsse": WSSE,
    "wsu": WSU,
    "xs": XS,
    "xsi": XSI,
}
