// SPDX-License-Identifier: BSD-2-Clause
// A person with a browser: browser.mjs ADDRESS CODE UPN
// Opens the address in a headless Chromium, types the code, signs in and
// consents, page by page, as oidc-provider's pages want it.
import { chromium } from "playwright-core";

const [address, code, upn] = process.argv.slice(2);
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--no-proxy-server"],
});
const page = await browser.newPage();
page.setDefaultTimeout(20000);

// What to do on each page, told by what it has; the last one ends it.
async function step() {
	if (await page.locator("input[name=user_code]:not([type=hidden])").count()) {
		await page.fill("input[name=user_code]", code);
		await page.click("button[type=submit]");
		return true;
	}
	if (await page.locator("input[name=login]").count()) {
		await page.fill("input[name=login]", upn);
		await page.fill("input[name=password]", "secret");
		await page.click("button[type=submit]");
		return true;
	}
	if (await page.locator("button[type=submit]").count()) {
		await page.locator("button[type=submit]").first().click();
		return true;
	}
	return false;
}

try {
	await page.goto(address);
	for (let steps = 0; steps < 6 && await step(); steps++)
		await page.waitForLoadState("load");
	const text = await page.innerText("body");
	console.log(text);
	process.exitCode = /success/i.test(text) ? 0 : 1;
} finally {
	await browser.close();
}
