// SPDX-License-Identifier: BSD-2-Clause
// oidc-provider with the device flow: server.mjs PORT CLIENT TENANT OID UPN
// Listens on loopback, prints "ready".  Anybody signs in, with any password;
// this person has this object id.  Its tokens have the claims that Entra's
// have, and its answers the interval that the library leaves out.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const [port, client, tid, oid, upn] = process.argv.slice(2);
const stranger = "0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c0ff";
const issuer = `http://127.0.0.1:${port}`;

function key(kid) {
	const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
	return {
		...pair.privateKey.export({ format: "jwk" }),
		kid,
		use: "sig",
		alg: "RS256",
	};
}

const provider = new Provider(issuer, {
	clients: [{
		client_id: client,
		application_type: "native",
		grant_types: ["urn:ietf:params:oauth:grant-type:device_code"],
		response_types: [],
		redirect_uris: [],
		token_endpoint_auth_method: "none",
		id_token_signed_response_alg: "RS256",
	}],
	claims: {
		openid: ["sub", "tid", "oid", "ver", "nbf"],
		profile: ["name", "preferred_username"],
	},
	conformIdTokenClaims: false,
	cookies: { keys: [randomBytes(32).toString("hex")] },
	features: {
		deviceFlow: { enabled: true, mask: "*********" },
		devInteractions: { enabled: true },
	},
	findAccount: (_, id) => ({
		accountId: id,
		claims: () => ({
			sub: id,
			tid,
			oid: id === upn ? oid : stranger,
			ver: "2.0",
			nbf: Math.floor(Date.now() / 1000),
			name: id,
			preferred_username: id,
		}),
	}),
	jwks: { keys: [key("first"), key("second")] },
	ttl: { DeviceCode: 900, IdToken: 3900 },
});

provider.use(async (ctx, next) => {
	await next();
	if (ctx.oidc?.route === "device_authorization" && ctx.status === 200)
		ctx.body.interval = 5;
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
