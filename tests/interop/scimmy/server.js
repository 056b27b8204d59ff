// SPDX-License-Identifier: BSD-2-Clause
// scimmy-routers on express: server.js PORT TOKEN USERS.json
// Listens on loopback, serves /scim/v2, prints "ready".
"use strict";

const fs = require("fs");
const express = require("express");
const SCIMMY = require("scimmy").default;
const SCIMMYRouters = require("scimmy-routers").default;

const [port, token, file] = process.argv.slice(2);
const created = new Date("2026-01-05T08:00:00Z");
const users = JSON.parse(fs.readFileSync(file)).map((user, index) => ({
	...user,
	id: `scimmy-${index + 1}`,
	meta: { created, lastModified: created },
}));

SCIMMY.Resources.declare(SCIMMY.Resources.User)
	.extend(SCIMMY.Schemas.EnterpriseUser)
	.ingress(() => { throw new SCIMMY.Types.Error(405, null, "read only"); })
	.degress(() => { throw new SCIMMY.Types.Error(405, null, "read only"); })
	.egress((resource) => {
		if (!resource.id)
			return users;
		const found = users.find((user) => user.id === resource.id);
		if (!found)
			throw new SCIMMY.Types.Error(404, null, "no such user");
		return found;
	});

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
	type: "bearer",
	handler: (request) => {
		if (request.header("Authorization") !== `Bearer ${token}`)
			throw new Error("token is wrong");
		return "lab";
	},
}));
app.listen(Number(port), "127.0.0.1", () => console.log("ready"));
