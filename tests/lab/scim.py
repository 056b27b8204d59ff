# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for 8x8's SCIM service, and Entra as its client.

Directory is the data and the rules; scim_http.py is the HTTP in front of it.
Faults are settings of the directory, changed while it runs; FACTS.md says
which fact is imitated where.
"""

import base64
import copy
import datetime
import json
import os
import re
import threading
import urllib.parse
import urllib.request

CUSTOMER = "0012J00042NkZQIQA3"
BASE = f"/udi/customers/{CUSTOMER}/scim/v2"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SITE = "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER_NAME = re.compile(r"[\w.@/#-]{3,70}")
PAGE_MAX = 100

# name: (default, what it does)
FAULTS = {
    # What is no fault, but 8x8 does not have it.
    "groups": (False, "there is a /Groups endpoint"),
    "etags": (False, "every page has an ETag, and If-None-Match counts"),
    "cursor": ("", "pages have a nextCursor: if asked, or unasked"),
    "cursor_expires": (0, "the cursor of page N is forgotten, once"),
    # What breaks off or refuses; pages are those of users.
    "die_page": (0, "page N breaks off in the middle"),
    "die_groups": (0, "page N of groups breaks off in the middle"),
    "error_page": (0, "page N is answered with status 500"),
    "slow": (0, "seconds before every answer"),
    "busy": ("", "STATUS:TIMES:AFTER: so many requests (0: all) are "
                 "answered so, with this Retry-After (date: a date)"),
    "busy_page": (0, "those of page N only"),
    "status": (0, "every request of /Users is answered with this status"),
    "groups_status": (0, "every request of /Groups is"),
    "redirect": ("", "every request of /Users is sent there"),
    "html": (False, "every request of /Users gets a login page, status 200"),
    "tls": ("", "the certificate is expired, other (another host's) or self "
                "(signed by itself)"),
    # What is odd about the listing.
    "total_more": (0, "totalResults promises so many more"),
    "total_absent": (False, "totalResults is left out"),
    "grow_page": (0, "somebody is hired before page N is read, once"),
    "page_one_again": (False, "startIndex behind the end gives page 1"),
    "items_requested": (False, "itemsPerPage is the count asked for"),
    "items": ("", "itemsPerPage is this"),
    "repeat": (False, "each page repeats the last resource of the one before"),
    "resources_absent": (False, "an empty page has no Resources"),
    "empty": (False, "there are no users"),
    "junk": (False, "the body is not JSON"),
    "duplicate_keys": (False, "every resource has userName twice"),
    # What is odd about its resources.
    "active_text": (False, 'active is the text "True" or "False"'),
    "active_absent": (False, "active is left out"),
    "case": ("", "attribute names in upper or lower case"),
    "flat": (False, "attributes of extensions stand as URN:name"),
    # Entra's.
    "metadata": ("", "keys in the application's metadata, with commas"),
    "metadata_status": (0, "metadata is answered with this status"),
}


class Refused(Exception):
    """An HTTP error with a SCIM body."""

    def __init__(self, status, detail, scim_type=None, headers=()):
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.body = {"schemas": [ERROR], "status": str(status),
                     "detail": detail}
        if scim_type:
            self.body["scimType"] = scim_type


def now():
    """This moment as 8x8 writes it."""
    return datetime.datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


def number(query, name, default):
    """A parameter of the query."""
    try:
        return int(query.get(name, default))
    except ValueError as error:
        raise Refused(400, f"{name} is no number", "invalidValue") from error


def _new_id():
    return base64.urlsafe_b64encode(os.urandom(16)).decode()[:22]


class Directory:
    """The users, and groups, of one 8x8 customer."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users = {}
        self.groups = {}
        self.requests = []
        self.done = {}          # how often each fault that ends was met
        self.faults = {name: row[0] for name, row in FAULTS.items()}

    def set_faults(self, changes):
        self.done.clear()
        for name, value in changes.items():
            if name not in FAULTS:
                raise Refused(400, f"there is no fault {name}")
            self.faults[name] = type(FAULTS[name][0])(value)

    def once(self, fault, times=1):
        """Is this fault met for one of its first times?  0: always."""
        self.done[fault] = self.done.get(fault, 0) + 1
        return not times or self.done[fault] <= times

    def get(self, user_id):
        if user_id not in self.users:
            raise Refused(404, f"User {user_id} not found")
        return self.users[user_id]

    def find(self, name):
        """The users of this userName; only a hostile one is not alone."""
        return [u for u in self.users.values()
                if str(u.get("userName")).lower() == name.lower()]

    def create(self, data):
        name = data.get("userName", "")
        if not isinstance(name, str) or not USER_NAME.fullmatch(name):
            raise Refused(400, "userName is missing or malformed",
                          "invalidValue")
        person = data.get("name", {})
        if not person.get("givenName") or not person.get("familyName"):
            raise Refused(400, "name is missing", "invalidValue")
        if self.find(name):
            raise Refused(409, "userName is taken", "uniqueness")
        user = {key: value for key, value in data.items()
                if key not in ("id", "meta", "groups")}
        user["schemas"] = [CORE, ENTERPRISE, SITE]
        user.setdefault("active", True)
        user.setdefault("emails", [{"value": "noreply@8x8.com",
                                    "type": "work", "primary": True}])
        return self.post(user)

    def post(self, user):
        """What nobody checks: how a hostile server has got its users."""
        user.setdefault("id", _new_id())
        user.setdefault("meta", {
            "resourceType": "User", "created": now(), "lastModified": now(),
            "location": f"{BASE}/Users/{user['id']}"})
        self.users[str(user["id"])] = user
        return user

    def patch(self, user_id, data):
        user = copy.deepcopy(self.get(user_id))
        if PATCH_OP not in data.get("schemas", []):
            raise Refused(400, "not a PatchOp", "invalidSyntax")
        for change in data.get("Operations", []):
            if change.get("op", "").lower() not in ("add", "replace"):
                raise Refused(400, "op is not supported", "invalidSyntax")
            self._set(user, change.get("path", ""), change.get("value"))
        user["meta"]["lastModified"] = now()
        self.users[user_id] = user
        return user

    @staticmethod
    def _set(user, path, value):
        if path.startswith(SITE):
            if user.get(SITE, {}).get("site") not in (None, value):
                raise Refused(400, "site cannot be changed", "mutability")
            user.setdefault(SITE, {})["site"] = value
        elif path.startswith(ENTERPRISE + ":"):
            user.setdefault(ENTERPRISE, {})[path[len(ENTERPRISE) + 1:]] = value
        elif path == "active":
            # Entra sends the text "False" unless told not to.
            user["active"] = str(value).lower() == "true"
        elif path in ("userName", "externalId", "title", "displayName"):
            user[path] = value
        elif path in ("name.givenName", "name.familyName"):
            user.setdefault("name", {})[path[5:]] = value
        else:
            raise Refused(400, f"no attribute {path}", "invalidPath")

    def deactivate(self, user_id):
        self.get(user_id)["active"] = False

    # -- what an administrator does, and no client can

    def put(self, name, path, value):
        """Sets any attribute, [URN:]name[.part], of a user or "group NAME" to
        anything, also to what create() refuses; null takes it away."""
        kind, _, rest = name.partition(" ")
        found = self.find(name) if kind != "group" else [
            g for g in self.groups.values() if g["displayName"] == rest]
        if not found:
            raise Refused(404, f"there is no {name}")
        urn, _, attribute = path.rpartition(":")
        first, _, part = attribute.partition(".")
        for resource in found:
            where = resource.setdefault(urn, {}) if urn else resource
            if part:
                where = where.setdefault(first, {})
            if value is None:
                where.pop(part or first, None)
            else:
                where[part or first] = value

    def group(self, name, members):
        """Makes or replaces a group of users and, as "group NAME", groups."""
        ids = {g["displayName"]: key for key, g in self.groups.items()}
        group_id = ids.setdefault(name, _new_id())
        shown = []
        for member in members:
            kind, _, rest = member.partition(" ")
            if kind == "group":
                shown += [{"value": ids[rest], "type": "Group",
                           "display": rest}]
            else:
                # As in 8x8's manuals: the display name, not the userName.
                shown += [{"value": user["id"], "type": "User",
                           "display": user.get("name", {}).get("givenName")}
                          for user in self.find(member)]
        self.groups[group_id] = {
            "schemas": [GROUP], "id": group_id, "displayName": name,
            "members": shown, "meta": {
                "resourceType": "Group", "created": now(),
                "lastModified": now(),
                "location": f"{BASE}/Groups/{group_id}"}}

    def vanish(self, name):
        """What deleting in the Admin Console does; SCIM cannot."""
        for user in self.find(name):
            del self.users[user["id"]]
        self.groups = {key: g for key, g in self.groups.items()
                       if g["displayName"] != name}

    def fill(self, count):
        """Adds so many more people, so that there are several pages."""
        first = sum(str(u.get("externalId")).startswith("agent")
                    for u in self.users.values())
        taken = {str(u.get("userName")).lower() for u in self.users.values()}
        for n in range(first, first + count):
            name = f"agent{n:05d}@contoso.com"
            if name in taken:
                raise Refused(409, "userName is taken", "uniqueness")
            # create() would search all of them for the name of each.
            more = Directory()
            more.create({"userName": name, "externalId": f"agent{n:05d}",
                         "name": {"givenName": "Agent",
                                  "familyName": f"No{n:05d}"},
                         ENTERPRISE: {"department": "Support"}})
            self.users.update(more.users)

    # -- the listing

    def list(self, query, groups=False):
        if groups:
            rows = list(self.groups.values())
        else:
            rows = [u for u in self.users.values()
                    if self._matches(u, query.get("filter"))]
        if self.faults["empty"] and not groups:
            rows = []
        asked = max(0, number(query, "count", PAGE_MAX))
        by_cursor = self._by_cursor(query)
        start = self._position(query) if by_cursor else \
            max(1, number(query, "startIndex", 1))
        first = start - 1
        if self.faults["repeat"] and first:
            first -= 1
        if self.faults["page_one_again"] and first >= len(rows):
            first = 0
        page = rows[first:first + min(asked, PAGE_MAX)]
        body = {"schemas": [LIST], "totalResults": len(rows),
                "itemsPerPage": asked if self.faults["items_requested"]
                else len(page),
                "Resources": [self._shown(row) for row in page]}
        if not by_cursor:
            body["startIndex"] = start
        elif first + len(page) < len(rows):
            body["nextCursor"] = _cursor(first + len(page) + 1)
        self._spoil(body)
        return body

    def _by_cursor(self, query):
        """RFC 9865; nobody who was not asked has to give one, but may."""
        return self.faults["cursor"] == "unasked" or \
            self.faults["cursor"] == "asked" and "cursor" in query

    @staticmethod
    def _position(query):
        try:
            return int(base64.urlsafe_b64decode(query.get("cursor", "")) or 1)
        except ValueError as error:
            raise Refused(400, "no such cursor", "invalidCursor") from error

    def page_number(self, query):
        """Of the page that is asked for, from 1."""
        start = self._position(query) if self._by_cursor(query) else \
            number(query, "startIndex", 1)
        return 1 + (start - 1) // max(1, min(
            PAGE_MAX, number(query, "count", PAGE_MAX)))

    def _spoil(self, body):
        body["totalResults"] += self.faults["total_more"]
        if self.faults["total_absent"]:
            del body["totalResults"]
        if self.faults["items"]:
            body["itemsPerPage"] = json.loads(self.faults["items"])
        if self.faults["resources_absent"] and not body["Resources"]:
            del body["Resources"]

    @staticmethod
    def _matches(user, condition):
        if not condition:
            return True
        match = re.fullmatch(r'(userName|externalId|id) eq "([^"]*)"',
                             condition)
        if not match:
            raise Refused(400, "filter is not supported", "invalidFilter")
        return str(user.get(match[1], "")).lower() == match[2].lower()

    def _shown(self, row):
        row = dict(row)
        if self.faults["active_absent"]:
            row.pop("active", None)
        elif self.faults["active_text"] and "active" in row:
            row["active"] = str(row["active"])
        if self.faults["flat"]:
            for urn in [name for name in row if name.startswith("urn:")]:
                row.update({f"{urn}:{name}": value
                            for name, value in row.pop(urn).items()})
        return row

    def serialize(self, body):
        """The bytes of a listing."""
        if self.faults["case"]:
            body = _respell(body, getattr(str, self.faults["case"]))
        data = json.dumps(body).encode()
        if self.faults["duplicate_keys"]:
            data = data.replace(b'"userName":', b'"userName": "x", '
                                                b'"userName":')
        return data


def _cursor(position):
    return base64.urlsafe_b64encode(b"%06d" % position).decode()


def _respell(value, change):
    """Names of attributes and URNs, which have no case; not their values."""
    if isinstance(value, dict):
        return {change(name): _respell(item, change)
                for name, item in value.items()}
    if isinstance(value, list):
        return [_respell(item, change) for item in value]
    if isinstance(value, str) and value.startswith("urn:"):
        return change(value)
    return value


# -- Entra as provisioning client --------------------------------------------

class Entra:
    """Pushes people to a SCIM server the way Entra's provisioning does."""

    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.token = token

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}",
                     "Content-Type": "application/scim+json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            data = answer.read()
        return json.loads(data) if data else None

    def _find(self, upn):
        query = urllib.parse.quote(f'userName eq "{upn}"')
        found = self.call("GET", f"/Users?filter={query}")["Resources"]
        return found[0]["id"] if found else None

    def provision(self, person):
        user_id = self._find(person.upn)
        if user_id:
            return self.patch(user_id, active="True")
        return self.call("POST", "/Users", {
            "schemas": [CORE, ENTERPRISE, SITE],
            "userName": person.upn, "externalId": person.nickname,
            "active": True, "title": person.title,
            "name": {"givenName": person.given, "familyName": person.family},
            "emails": [{"value": person.upn, "type": "work",
                        "primary": True}],
            ENTERPRISE: {"department": person.department},
            SITE: {"site": person.site}})

    def patch(self, user_id, **values):
        return self.call("PATCH", f"/Users/{user_id}", {
            "schemas": [PATCH_OP],
            "Operations": [{"op": "Replace", "path": path, "value": value}
                           for path, value in values.items()]})

    def disable(self, person):
        return self.patch(self._find(person.upn), active="False")
