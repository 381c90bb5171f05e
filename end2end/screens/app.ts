import { join } from 'node:path';

import { expect, type Locator, type Page } from '@playwright/test';

import { Mailbox } from '../fixtures/mailbox.ts';
import { Account, ChangePassword, ChangeUsername, DeleteAccount, Goodbye } from './account.ts';
import { Dashboard } from './dashboard.ts';
import { AlreadyHere, CreatePasskey, PasskeyCreated } from './healing.ts';
import { Confirm, ConfirmAddress, EnterCode, ForgotPassword, GetCodes, NewAddress, NewPassword, NotMe, NotMeDone, NotMeVoid, RecoveryCodes } from './recovery.ts';
import { EnterPassword, Identify, NeedsProof, UsePasskey, WrongAddress } from './sign-in.ts';
import { ConfirmSignUp, SignUp } from './sign-up.ts';
import { Leave, NotFound, Stale } from './told.ts';
import { Unreachable } from './unreachable.ts';

/** Keymend in one tab: its screens, and ways to get to a page. */
export class App {
  readonly identify: Identify;
  readonly usePasskey: UsePasskey;
  readonly enterPassword: EnterPassword;
  readonly enterCode: EnterCode;
  readonly forgotPassword: ForgotPassword;
  readonly newPassword: NewPassword;
  readonly confirm: Confirm;
  readonly confirmAddress: ConfirmAddress;
  readonly newAddress: NewAddress;
  readonly getCodes: GetCodes;
  readonly recoveryCodes: RecoveryCodes;
  readonly notMe: NotMe;
  readonly notMeDone: NotMeDone;
  readonly notMeVoid: NotMeVoid;
  readonly needsProof: NeedsProof;
  readonly wrongAddress: WrongAddress;
  readonly createPasskey: CreatePasskey;
  readonly passkeyCreated: PasskeyCreated;
  readonly alreadyHere: AlreadyHere;
  readonly dashboard: Dashboard;
  readonly account: Account;
  readonly changePassword: ChangePassword;
  readonly changeUsername: ChangeUsername;
  readonly deleteAccount: DeleteAccount;
  readonly goodbye: Goodbye;
  readonly signUp: SignUp;
  readonly confirmSignUp: ConfirmSignUp;
  readonly notFound: NotFound;
  readonly leave: Leave;
  readonly stale: Stale;
  readonly unreachable: Unreachable;
  /** The one region that speaks changes. */
  readonly status: Locator;
  readonly main: Locator;

  constructor(
    readonly page: Page,
    /** Whether its pages run scripts. */
    readonly hydrates: boolean,
    private origin: string,
    /** The mails of the server that it talks to. */
    public mailbox = new Mailbox(join(process.env.KEYMEND_TEST_DATA!, 'outbox')),
  ) {
    this.identify = new Identify(page);
    this.usePasskey = new UsePasskey(page);
    this.enterPassword = new EnterPassword(page);
    this.enterCode = new EnterCode(page);
    this.forgotPassword = new ForgotPassword(page);
    this.newPassword = new NewPassword(page);
    this.confirm = new Confirm(page);
    this.confirmAddress = new ConfirmAddress(page);
    this.newAddress = new NewAddress(page);
    this.getCodes = new GetCodes(page);
    this.recoveryCodes = new RecoveryCodes(page);
    this.notMe = new NotMe(page);
    this.notMeDone = new NotMeDone(page);
    this.notMeVoid = new NotMeVoid(page);
    this.needsProof = new NeedsProof(page);
    this.wrongAddress = new WrongAddress(page);
    this.createPasskey = new CreatePasskey(page);
    this.passkeyCreated = new PasskeyCreated(page);
    this.alreadyHere = new AlreadyHere(page);
    this.dashboard = new Dashboard(page);
    this.account = new Account(page);
    this.changePassword = new ChangePassword(page);
    this.changeUsername = new ChangeUsername(page);
    this.deleteAccount = new DeleteAccount(page);
    this.goodbye = new Goodbye(page);
    this.signUp = new SignUp(page);
    this.confirmSignUp = new ConfirmSignUp(page);
    this.notFound = new NotFound(page);
    this.leave = new Leave(page);
    this.stale = new Stale(page);
    this.unreachable = new Unreachable(page);
    this.status = page.getByRole('status');
    this.main = page.getByRole('main');
  }

  /** From now on this tab talks to another server. */
  useServer({ origin, outbox }: { origin: string; outbox?: string }): void {
    this.origin = origin;
    if (outbox !== undefined) this.mailbox = new Mailbox(outbox);
  }

  /** The same application in another tab. */
  in(page: Page): App {
    return new App(page, this.hydrates, this.origin, this.mailbox);
  }

  async open(path: '/' | '/sign-in' | '/sign-up' | '/dashboard' | '/account' | `/account/${string}`): Promise<void> {
    await this.page.goto(this.origin + path);
    await this.reacts();
  }

  /** Opens a link from a mail, in this browser. */
  async follow(link: string): Promise<void> {
    await this.page.goto(link);
    await this.reacts();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.reacts();
  }

  /** Leaves with the back button, and comes back with the forward button. */
  async backAndForward(): Promise<void> {
    await this.page.goBack();
    // Where it leads to one of our pages, that one reacts as well.
    if (this.page.url() !== 'about:blank') await this.reacts();
    await this.page.goForward();
    await this.reacts();
  }

  /** Waits until the page answers to clicks; without JavaScript it does from the start. */
  async reacts(): Promise<void> {
    if (this.hydrates) await expect(this.page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  }

  /** Waits until no button is busy with a question to the server any more. */
  async isAnswered(): Promise<void> {
    await expect(this.main.locator('[aria-busy="true"]')).toHaveCount(0);
  }

  /** The step that is on the screen now. */
  async step(): Promise<string | null> {
    return this.main.getAttribute('data-step');
  }
}
