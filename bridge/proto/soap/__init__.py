"""SOAP 1.2: safe XML, envelopes, the dataclass codec, WS-Security tokens, faults."""
