import { Screen } from './screen.ts';

/** Nothing is at this address. */
export class NotFound extends Screen {
  readonly step = 'told';
  readonly heading = this.headingNamed('This page does not exist');
  readonly signIn = this.link('Go to sign in');
}

/** On the way back to where the person came from; it stays for as long as that takes. */
export class Leave extends Screen {
  readonly step = 'leave';
  readonly heading = this.headingNamed('You are signed in');
  readonly goOn = this.page.getByRole('link', { name: /^Go on to / });
}

/** What the browser holds is older than the server. */
export class Stale extends Screen {
  readonly step = 'stale';
  readonly heading = this.headingNamed('This page is out of date');
  readonly loadAgain = this.link('Load again');
}
