/**
 * What a screen reader meets on each screen, in order, and that axe finds nothing. Each screen is here once, where one walk leads
 * to several together with its neighbours; `account` and `new-address` are in `account/account.spec.ts`, `stale` is in
 * `sign-in/newer-server.spec.ts`. The list of names is a contract with whoever scripts or styles the pages.
 */
import { expect, test } from '../fixtures/index.ts';

test('identify', async ({ app, expectAccessible }) => {
  await app.open('/sign-in');
  await app.identify.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Sign in" [level=1]
    - textbox "Email or username"
    - button "Continue"
    - link "Create an account"
  `);
  await expectAccessible();
});

test('identify, in a browser that can show passkeys at once', async ({ app, expectAccessible }) => {
  await app.open('/sign-in');
  await expect(app.identify.immediate).toBeVisible();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Sign in" [level=1]
    - textbox "Email or username"
    - button "Continue"
    - button "Sign in with a passkey"
    - link "Create an account"
  `);
  await expectAccessible();
});

test('identify, where an account is remembered', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  await person.comesBackLater();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Sign in" [level=1]
    - button /^Continue as .…@example.test$/
    - button "Use another account"
    - link "Create an account"
  `);
  await expectAccessible();
});

test('sign-up', async ({ app, expectAccessible }) => {
  await app.open('/sign-up');
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Create your account" [level=1]
    - textbox "Email or username"
    - textbox "Password"
    - button "Create account"
  `);
  await expectAccessible();
});

test('confirm-sign-up', async ({ app, person, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Check your email" [level=1]
    - textbox "Code"
    - button "Confirm"
    - link "Sign in instead"
    - button "Send a new code"
    - button "Use another address"
  `);
  await expectAccessible();
});

test('use-passkey, while the prompt is open and after it was dismissed', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Use your passkey" [level=1]
    - button "Use password instead"
  `);
  await expect(app.usePasskey.notYou).toBeVisible();
  await expectAccessible();
  prompt.dismiss();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Use your passkey" [level=1]
    - button "Try again"
    - button "Use password instead"
  `);
  await expect(app.status).toHaveText(/\S/);
  await expect(app.usePasskey.heading).toBeFocused();
  await expectAccessible();
});

test('enter-password, and already-here where the passkey was there all along', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Enter your password" [level=1]
    - textbox "Password"
    - link "Forgot password?"
    - button "Sign in"
    - button "Use a passkey"
    - button "Email me a code"
  `);
  await expect(app.enterPassword.notYou).toBeVisible();
  await expectAccessible();
  await person.enterPassword();
  await app.createPasskey.isShown();
  await app.createPasskey.create.click();
  await app.alreadyHere.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "This device already has a passkey" [level=1]
    - button "Use it now"
    - button "Continue"
  `);
  await expectAccessible();
});

test('enter-code, and needs-proof where the password is the proof', async ({ app, device, person, mailbox, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Check your email" [level=1]
    - textbox "Code"
    - button "Sign in"
    - button "Use a passkey"
    - button "Send a new code"
    - button "Use password instead"
  `);
  await expect(app.enterCode.notYou).toBeVisible();
  await expectAccessible();
  await app.enterCode.submit((await mailbox.next(person.identifier, 'Sign in to')).code);
  await app.needsProof.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Adding a passkey needs one more proof" [level=1]
    - textbox "Password"
    - button "Confirm"
    - button "Use a passkey"
    - button "Continue"
  `);
  await expectAccessible();
});

test('needs-proof, where a passkey is the proof', async ({ person, anotherDevice, expectAccessible }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  const { app: there } = await anotherDevice();
  await ada.in(there).startSignInWithPassword();
  await ada.in(there).enterPassword();
  await there.needsProof.isShown();
  await expect(there.main).toMatchAriaSnapshot(`
    - heading "Adding a passkey needs one more proof" [level=1]
    - list
    - button "Use a passkey"
    - button "Continue"
  `);
  await expect(there.needsProof.password).toHaveCount(0);
  await expectAccessible(there);
});

test('forgot-password and new-password', async ({ app, person, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  await app.enterPassword.forgot.click();
  await app.forgotPassword.isShown();
  await app.reacts();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Forgot your password?" [level=1]
    - textbox "Email or username"
    - button "Continue"
    - link "Go to sign in"
  `);
  await expectAccessible();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Choose a new password" [level=1]
    - textbox "Code"
    - textbox "New password"
    - button "Save new password"
    - link "Go to sign in"
    - button "Send a new code"
  `);
  await expect(app.newPassword.notYou).toBeVisible();
  await expectAccessible();
});

test('get-codes and recovery-codes', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  await app.dashboard.recoveryCodes.click();
  await app.getCodes.isShown();
  await app.reacts();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Recovery codes" [level=1]
    - button "Get recovery codes"
    - link "Back to the dashboard"
  `);
  await expectAccessible();
  await app.getCodes.get.click();
  await app.recoveryCodes.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Your recovery codes" [level=1]
    - list "Recovery codes"
    - button "Copy"
    - button "Print"
    - link "Download"
    - button "Continue"
  `);
  await expectAccessible();
});

test('confirm', async ({ person, anotherDevice, expectAccessible }) => {
  await person.signUp();
  const { app: there } = await anotherDevice();
  await person.in(there).startSignInWithPassword();
  await person.in(there).enterPassword();
  await there.confirm.isShown();
  await expect(there.main).toMatchAriaSnapshot(`
    - heading "Confirm it is you" [level=1]
    - textbox "Code"
    - button "Confirm"
    - button "Use a passkey"
    - button "Not now"
    - button "Send a new code"
  `);
  await expectAccessible(there);
});

test('not-me', async ({ app, person, mailbox, expectAccessible }) => {
  await person.signUp();
  await app.follow((await mailbox.next(person.identifier, 'A new passkey')).link);
  await app.notMe.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Was this not you?" [level=1]
    - button "This was not me"
    - link "It was me"
  `);
  await expectAccessible();
});

test('create-passkey and passkey-created', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Create a new passkey" [level=1]
    - button "Create passkey"
    - button "Not now"
  `);
  await expectAccessible();
  await app.createPasskey.create.click();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Passkey created" [level=1]
    - button "Continue"
  `);
  await expectAccessible();
});

test('dashboard, and a passkey that is renamed or removed', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Dashboard" [level=1]
    - paragraph:
      - link "Account"
    - heading "Your passkeys" [level=2]
    - list "Your passkeys":
      - listitem:
        - button /^Rename .+/
        - button /^Remove .+/
    - button "Add a passkey"
    - button "Sign out"
    - button "Forget this browser"
  `);
  await expectAccessible();
  const row = app.dashboard.rows.first();
  await app.dashboard.renameIn(row).click();
  await expect(app.dashboard.passkeys).toMatchAriaSnapshot(`
    - listitem:
      - textbox "Name of this passkey"
      - button "Save"
      - button "Keep"
  `);
  await expectAccessible();
  await app.dashboard.keep.click();
  await app.dashboard.removeIn(row).click();
  await expect(app.dashboard.passkeys).toMatchAriaSnapshot(`
    - listitem:
      - button "Remove for good"
      - button "Keep"
  `);
  await expectAccessible();
});

test('change-password, change-identifier and delete-account', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  await app.dashboard.account.click();
  await app.account.isShown();
  await app.account.changePassword.click();
  await app.changePassword.isShown();
  await app.reacts();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Change your password" [level=1]
    - textbox "New password"
    - button "Change password"
    - link "Back to your account"
  `);
  await expectAccessible();
  await app.changePassword.back.click();
  await app.account.isShown();
  await app.account.changeUsername.click();
  await app.changeUsername.isShown();
  await app.reacts();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Change your email or username" [level=1]
    - textbox "New email or username"
    - button "Change it"
    - link "Back to your account"
  `);
  await expectAccessible();
  await app.changeUsername.back.click();
  await app.account.isShown();
  await app.account.deleteAccount.click();
  await app.deleteAccount.isShown();
  await app.reacts();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Delete your account" [level=1]
    - textbox /^Type .+ to confirm$/
    - button "Delete account"
    - link "Back to your account"
  `);
  await expectAccessible();
});

/**
 * Only an account that a version before made has an address to confirm, and no browser can make one. So the page is that of a new
 * address, which is built the same, with what differs put in; that the server sends it so is tested in `tests/router/addresses.rs`
 * and `src/server/present/tests/names.rs`.
 */
test('confirm-address', async ({ app, page, person, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await page.route('**/api/account/change-identifier', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    const { Ask: step } = answer.screen;
    Object.assign(step, { what: 'confirm-address', heading: 'Confirm your email address', links: [{ path: '/dashboard', label: 'Back to the dashboard' }] });
    await route.fulfill({ response, json: answer });
  });
  await app.open('/account/identifier');
  await app.changeUsername.username.fill(`new.${person.identifier}`);
  await app.changeUsername.change.click();
  await app.confirmAddress.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Confirm your email address" [level=1]
    - textbox "Code"
    - button "Confirm"
    - link "Back to the dashboard"
    - button "Send a new code"
  `);
  await expectAccessible();
  await app.confirmAddress.back.click();
  await app.dashboard.isShown();
});

test('told, where nothing is at the address', async ({ app, page, expectAccessible }) => {
  await app.follow('/no/such/page');
  await app.notFound.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "This page does not exist" [level=1]
    - paragraph
    - link "Go to sign in"
  `);
  await expectAccessible();
  await app.notFound.signIn.click();
  await app.identify.isShown();
  await expect(page).toHaveURL(/\/sign-in$/);
});

test('leave, where the app that it leads to does not come', async ({ app, page, person, baseURL, expectAccessible }) => {
  const to = `${baseURL}/the-app`;
  await person.signUp();
  await person.signOut();
  // An answer without content leaves the page where it is.
  await page.route(to, (route) => route.fulfill({ status: 204 }));
  await app.follow(`/sign-in?return_to=${encodeURIComponent(to)}`);
  await app.identify.asksWho();
  await app.identify.submit(person.identifier);
  await app.leave.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "You are signed in" [level=1]
    - paragraph
    - link "Go on to localhost"
  `);
  await expectAccessible();
  await page.unroute(to);
  await page.route(to, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>The app</title>' }));
  await app.leave.goOn.click();
  await expect(page).toHaveTitle('The app');
});

test('unreachable', async ({ app, page, person, expectAccessible }) => {
  await app.open('/sign-in');
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await app.identify.submit(person.identifier);
  await app.unreachable.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - alert:
      - heading "Keymend cannot be reached" [level=1]
      - paragraph
      - button "Try again"
  `);
  await expect(app.unreachable.retry).toBeFocused();
  await expect(app.identify.identifier).toBeHidden();
  await expectAccessible();
});

test('the keyboard alone gets from the identifier to the dashboard', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await app.open('/sign-in');
  await app.identify.identifier.focus();
  await page.keyboard.type(person.identifier);
  await page.keyboard.press('Enter');
  await app.enterPassword.isShown();
  await app.enterPassword.password.focus();
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await app.dashboard.isShown();
});

test('one tap for an account of a very long domain fits the smallest screen', async ({ app, page, person }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  const label = 'long'.repeat(15);
  const long = person.called(`a${Date.now().toString(36)}@${label}.${label}.test`);
  await long.signUp();
  await long.signOut();
  await long.comesBackLater();
  await expect(app.identify.oneTap).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  const cut = (button: Element) => button.scrollWidth - button.clientWidth;
  expect(await app.identify.oneTap.evaluate(cut)).toBeLessThanOrEqual(0);
  await app.identify.useAnotherAccount.scrollIntoViewIfNeeded();
  await expect(app.identify.useAnotherAccount).toBeInViewport({ ratio: 0.98 });
});

test('nothing is cut off on the smallest screen, nor with a very long name', async ({ app, page, device, person }) => {
  const long = person.called(`${'long'.repeat(12)}${Date.now().toString(36)}@${'long'.repeat(15)}.test`);
  await page.setViewportSize({ width: 320, height: 568 });
  await app.open('/sign-up');
  await app.signUp.submit(long.identifier, long.password);
  await app.confirmSignUp.isShown();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await long.confirmSignUp();
  await app.createPasskey.isShown();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await app.createPasskey.notNow.scrollIntoViewIfNeeded();
  await expect(app.createPasskey.notNow).toBeInViewport({ ratio: 0.98 });
  await app.createPasskey.create.click();
  await app.passkeyCreated.continue.click();
  await app.dashboard.isShown();
  expect(await overflow()).toBeLessThanOrEqual(0);
  expect(device.passkeys()).toHaveLength(1);
});
