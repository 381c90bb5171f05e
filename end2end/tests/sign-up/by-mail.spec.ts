/** With a mail server, as operators have one. */
import { expect, test } from '../../fixtures/index.ts';

for (const secrecy of ['TLS', 'STARTTLS'] as const) {
  test(`the code and the notice arrive over ${secrecy} at a mail server that wants a password`, async ({ app, mailServer, ownServer, person }) => {
    const mails = await mailServer(secrecy);
    const server = await ownServer({ env: mails.env });
    app.useServer({ origin: server.origin, outbox: mails.outbox });
    await person.signUp();
    await app.dashboard.hasPasskeys(1);

    const notice = await app.mailbox.next(person.identifier, 'passkey');
    expect(notice.header('From')).toContain('@');
    expect(new Date(notice.header('Date')).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(notice.link).toContain(server.origin);
    expect(mails.envelopes).toHaveLength(2);
    for (const envelope of mails.envelopes) {
      expect(envelope).toMatchObject({ to: [person.identifier], secure: true, user: 'keymend' });
      expect(notice.header('From')).toContain(envelope.from);
    }
  });
}
