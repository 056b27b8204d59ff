# SPDX-License-Identifier: BSD-2-Clause
"""Contoso's tenant: the people that Entra knows, and its identifiers."""

from dataclasses import dataclass

TENANT = "7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11"
ISSUER = f"https://sts.windows.net/{TENANT}/"
LOGIN_URL = f"https://login.microsoftonline.com/{TENANT}/saml2"
APP = "https://sso.8x8.com/saml2"       # identifier and reply URL


@dataclass(frozen=True)
class Person:
    upn: str
    oid: str
    given: str
    family: str
    title: str = ""
    department: str = ""
    site: str = "Headquarters"
    guest: bool = False

    @property
    def nickname(self):
        """mailNickname, which Entra maps to externalId by default."""
        return self.upn.partition("@")[0].replace(".", "").lower()

    @property
    def display(self):
        return f"{self.given} {self.family}"


PEOPLE = {p.upn.lower(): p for p in (
    Person("B.Simon@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c001",
           "Britta", "Simon", "Sales Manager", "Sales"),
    Person("J.Smith@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c002",
           "Jane", "Smith", "Engineer", "Engineering", "Reading"),
    Person("M.Garcia@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c003",
           "Mar\u00eda", "Garc\u00eda", "Agent", "Support", "Madrid"),
    Person("root@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c004",
           "Rita", "Oot", "Auditor", "Finance"),
    Person("bob@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c005",
           "Bob", "Builder", "Agent", "Support"),
    Person("a/../b@contoso.com", "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c006",
           "Ann", "Slash", "Agent", "Support"),
    Person("X.Guest_fabrikam.com#EXT#@contoso.onmicrosoft.com",
           "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c007",
           "Xavier", "Guest", guest=True),
)}


def find(upn):
    """The person with this user principal name; KeyError if there is none."""
    return PEOPLE[upn.lower()]
