"""A device that makes passkeys, without a browser: what it would send for what a page asks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
NAME = b"a passkey of this device"


def made_for(options: Mapping[str, Any], origin: str = "http://testserver") -> str:
    """Make a passkey as a page's options ask, and say so as a browser would."""
    asked = options["publicKey"]
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    kept = AttestedCredentialData.create(Aaguid.NONE, NAME, ES256.from_cryptography_key(key))
    site = hashlib.sha256(asked["rp"]["id"].encode()).digest()
    about = AuthenticatorData.create(site, FLAG.UP | FLAG.UV | FLAG.AT, 0, kept)
    client = CollectedClientData.create("webauthn.create", asked["challenge"], origin)
    answer = {
        "clientDataJSON": client,
        "attestationObject": AttestationObject.create("none", about, {}),
    }
    name = websafe_encode(NAME)
    sent = {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {one: websafe_encode(value) for one, value in answer.items()},
        "clientExtensionResults": {},
    }
    return json.dumps(sent)


def add(client: Any, name: str = "laptop") -> Any:
    """Add a passkey through the page, as somebody who gave their password a moment ago."""
    place = reverse("mfa_add_webauthn")
    options = client.get(place).context["js_data"]["creation_options"]
    return client.post(place, {"name": name, "credential": made_for(options)})
