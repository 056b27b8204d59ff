// SPDX-License-Identifier: BSD-2-Clause
// scimmy-routers on express: server.js PORT TOKEN USERS.json [COUNT [HOW]]
// Listens on loopback, serves /scim/v2, prints "ready".  The users are those
// of the file and made ones, COUNT of both together; with COUNT there are
// groups of them, too.  HOW is a misbehaviour that was seen:
//   first-only  startIndex and count are ignored: what Express 5 does
//   wraps       startIndex behind the end gives the first page again, and
//               totalResults is one too many, so that it is asked for
"use strict";

const fs = require("fs");
const express = require("express");
const SCIMMY = require("scimmy").default;
const SCIMMYRouters = require("scimmy-routers").default;

const [port, token, file, count, how] = process.argv.slice(2);
const ENTERPRISE =
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const created = new Date("2026-01-05T08:00:00Z");
const meta = { created, lastModified: created };
const users = JSON.parse(fs.readFileSync(file));
const groups = [];

function makeUser(number) {
	const name = String(number).padStart(5, "0");

	return {
		userName: `agent${name}@contoso.com`, externalId: `agent${name}`,
		active: number % 50 !== 49,
		name: { givenName: "Agent", familyName: `No${name}` },
		emails: [{ value: `agent${name}@contoso.com`, type: "work" }],
		[ENTERPRISE]: { department: `Department ${number % 20}` },
	};
}

// Twenty groups of the users, one of two of those, and one that is called as
// a group of every system.
function makeGroups() {
	const member = (type) => (resource) => ({
		value: resource.id, type,
		display: resource.displayName ?? resource.userName,
	});

	for (let i = 0; i < 20; i++)
		groups.push({
			id: `group-${i}`, displayName: `Team ${i}`,
			members: users.filter((_, index) => index % 20 === i)
				.map(member("User")),
		});
	groups.push({
		id: "group-both", displayName: "Both Teams",
		members: groups.slice(0, 2).map(member("Group")),
	});
	groups.push({
		id: "group-sudo", displayName: "sudo",
		members: users.slice(0, 1).map(member("User")),
	});
}

while (users.length < Number(count ?? 0))
	users.push(makeUser(users.length));
users.forEach((user, index) => {
	user.id = `scimmy-${index + 1}`;
	user.meta = meta;
});
if (count)
	makeGroups();

function readOnly() {
	throw new SCIMMY.Types.Error(405, null, "read only");
}

// Only what is asked for, in a list with holes: SCIMMY would turn all users
// into resources for every page.
function pageOf(resources, { startIndex = 1, count: size = 20 } = {}) {
	const wraps = how === "wraps" && startIndex > resources.length;
	const first = wraps ? 0 : Math.max(0, startIndex - 1);
	const list = new Array(resources.length + (how === "wraps" ? 1 : 0));

	resources.slice(first, first + size).forEach((row, index) => {
		list[first + index] = row;
	});
	return list;
}

function egressOf(resources) {
	return (resource) => {
		if (!resource.id)
			return resource.filter ? resources :
				pageOf(resources, resource.constraints);
		const found = resources.find((row) => row.id === resource.id);
		if (!found)
			throw new SCIMMY.Types.Error(404, null, "not there");
		return found;
	};
}

SCIMMY.Resources.declare(SCIMMY.Resources.User)
	.extend(SCIMMY.Schemas.EnterpriseUser)
	.ingress(readOnly).degress(readOnly).egress(egressOf(users));
if (groups.length > 0)
	SCIMMY.Resources.declare(SCIMMY.Resources.Group)
		.ingress(readOnly).degress(readOnly).egress(egressOf(groups));

const app = express();
app.use((request, response, next) => {
	if (how === "first-only")
		request.query = {};
	next();
});
app.use("/scim/v2", new SCIMMYRouters({
	type: "bearer",
	handler: (request) => {
		if (request.header("Authorization") !== `Bearer ${token}`)
			throw new Error("token is wrong");
		return "lab";
	},
}));
app.listen(Number(port), "127.0.0.1", () => console.log("ready"));
