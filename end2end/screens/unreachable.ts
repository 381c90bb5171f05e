import { Screen } from './screen.ts';

/** The one state that the browser owns: it cannot reach the server. */
export class Unreachable extends Screen {
  readonly step = 'unreachable';
  readonly heading = this.headingNamed('Keymend cannot be reached');
  readonly retry = this.button('Try again');
}
