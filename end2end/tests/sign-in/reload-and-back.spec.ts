/** Reload, back and forward on every screen: the same screen again, and never a prompt that opens by itself. */
import type { Fixtures } from '../../fixtures/index.ts';
import { expect, test } from '../../fixtures/index.ts';

type On = Pick<Fixtures, 'app' | 'device' | 'person'>;

interface Stop {
  step: string;
  reach: (on: On) => Promise<void>;
  /** Shows that the screen still works. */
  goesOn: (on: On) => Promise<void>;
}

async function brokenPasskey({ device, person }: On): Promise<void> {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
}

const STOPS: Stop[] = [
  {
    step: 'identify',
    reach: ({ app }) => app.open('/sign-in'),
    goesOn: async ({ app, person }) => {
      await app.identify.submit(person.identifier);
      await expect(app.identify.heading).toHaveCount(0);
    },
  },
  {
    step: 'sign-up',
    reach: ({ app }) => app.open('/sign-up'),
    goesOn: async ({ app, person }) => {
      await app.signUp.submit(person.identifier, person.password);
      await app.confirmSignUp.isShown();
    },
  },
  {
    step: 'confirm-sign-up',
    reach: async ({ app, person }) => {
      await app.open('/sign-up');
      await app.signUp.submit(person.identifier, person.password);
      await app.confirmSignUp.isShown();
    },
    goesOn: async ({ app, person }) => {
      await person.confirmSignUp();
      await app.createPasskey.isShown();
    },
  },
  {
    step: 'use-passkey',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.startSignIn();
      await expect(on.app.usePasskey.tryAgain).toBeVisible();
    },
    goesOn: async ({ app }) => {
      await app.usePasskey.usePassword.click();
      await app.enterPassword.isShown();
    },
  },
  {
    step: 'enter-password',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.failTwice();
    },
    goesOn: async ({ app, person }) => {
      await person.enterPassword();
      await app.createPasskey.isShown();
    },
  },
  {
    step: 'create-passkey',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.failTwice();
      await on.person.enterPassword();
      await on.app.createPasskey.isShown();
    },
    goesOn: ({ person }) => person.createPasskey(),
  },
  {
    step: 'passkey-created',
    reach: async ({ app, person }) => {
      await person.createAccount();
      await app.createPasskey.create.click();
      await app.passkeyCreated.isShown();
    },
    goesOn: async ({ app }) => {
      await app.passkeyCreated.continue.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'already-here',
    reach: async ({ app, device, person }) => {
      await person.signUp();
      await person.signOut();
      device.dismissNext(2);
      await person.failTwice();
      await person.enterPassword();
      await app.createPasskey.create.click();
      await app.alreadyHere.isShown();
    },
    goesOn: async ({ app }) => {
      await app.alreadyHere.useNow.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'needs-proof',
    reach: async ({ app, device, person }) => {
      const ada = person.withoutAddress();
      await ada.signUp();
      await app.dashboard.forgetBrowser.click();
      await expect(app.main).toContainText('This browser is forgotten.');
      await ada.signOut();
      await device.deletePasskeys();
      await ada.startSignInWithPassword();
      await ada.enterPassword();
      await app.needsProof.isShown();
    },
    goesOn: async ({ app }) => {
      await app.needsProof.continue.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'forgot-password',
    reach: async ({ app, person }) => {
      await person.signUp({ passkey: false });
      await person.signOut();
      await person.startSignIn();
      await app.enterPassword.forgot.click();
      await app.forgotPassword.isShown();
    },
    goesOn: async ({ app }) => {
      await app.forgotPassword.signIn.click();
      await app.enterPassword.isShown();
    },
  },
  {
    step: 'dashboard',
    reach: ({ person }) => person.signUp({ passkey: false }),
    goesOn: ({ person }) => person.signOut(),
  },
];

for (const { step, reach, goesOn } of STOPS) {
  test(step, async ({ app, device, person }) => {
    // Something to go back to that is not Keymend.
    await app.page.goto('about:blank');
    await reach({ app, device, person });
    await device.opensNoPromptDuring(() => app.reload());
    await expect(app.main).toHaveAttribute('data-step', step);
    await device.opensNoPromptDuring(() => app.backAndForward());
    await expect(app.main).toHaveAttribute('data-step', step);
    await goesOn({ app, device, person });
  });
}

test('a reload while the prompt is open shows the button, and the button works', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await device.opensNoPromptDuring(() => app.reload());
  await app.usePasskey.isShown();
  await app.usePasskey.start.click();
  await app.dashboard.isShown();
});

test('back from the dashboard after a sign-in does not sign out, and opens nothing', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await person.signIn();
  await device.opensNoPromptDuring(async () => {
    await app.page.goBack();
    await app.open('/sign-in');
  });
  await app.dashboard.isShown();
});

test('after signing out, back shows nothing of the account', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await app.open('/dashboard');
  await person.signOut();
  await device.opensNoPromptDuring(() => app.page.goBack());
  await expect(app.dashboard.passkeys).toHaveCount(0);
  await app.open('/dashboard');
  await app.identify.isShown();
});
