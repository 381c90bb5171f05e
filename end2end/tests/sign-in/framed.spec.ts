/** Inside a page of somebody else nothing of ours is shown, so nobody can be led to press what they do not see. */
import { expect, test } from '../../fixtures/index.ts';

for (const path of ['/sign-in', '/sign-up', '/dashboard']) {
  test(`${path} is not shown inside another page`, async ({ baseURL, device, otherSite, page, person }) => {
    await person.signUp();
    const prompts = device.prompts.length;
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.goto(`${otherSite.origin}/?frame=${encodeURIComponent(baseURL + path)}`);
    await refused;
    await expect(page.locator('h1')).toHaveText('The app at /');
    const framed = page.frames().filter((frame) => frame.parentFrame() !== null);
    expect(framed).toHaveLength(1);
    await expect(framed[0]!.locator('main')).toHaveCount(0);
    expect(device.prompts).toHaveLength(prompts);
  });
}
