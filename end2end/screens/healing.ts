import { Screen } from './screen.ts';

/** The offer of a new passkey for this device; for a first one the heading says so. */
export class CreatePasskey extends Screen {
  readonly step = 'create-passkey';
  readonly heading = this.headingNamed(/^Create a (new )?passkey$/);
  readonly headingAfterError = this.headingNamed('Create a new passkey');
  readonly headingFirst = this.headingNamed('Create a passkey');
  readonly create = this.button('Create passkey');
  readonly notNow = this.button('Not now');
}

export class PasskeyCreated extends Screen {
  readonly step = 'passkey-created';
  readonly heading = this.headingNamed('Passkey created');
  readonly continue = this.button('Continue');
}

/** Creation found that one of the account’s passkeys is on this device after all. */
export class AlreadyHere extends Screen {
  readonly step = 'already-here';
  readonly heading = this.headingNamed('This device already has a passkey');
  readonly continue = this.button('Continue');
  readonly useNow = this.button('Use it now');
}
