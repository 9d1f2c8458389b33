import { describe, expect, it } from 'vitest';
import { networkFailed } from '../core/errors/errors.js';
import { asJobletError, failureDocument, renderFailure } from './failure.js';

describe('asJobletError', () => {
  it('finds ours in a chain of causes', () => {
    const inner = networkFailed('no route', 'check the proxy');
    expect(asJobletError(new Error('outer', { cause: new Error('middle', { cause: inner }) }))).toBe(inner);
  });

  it('takes an abort for a cancellation', () => {
    expect(asJobletError(new DOMException('aborted', 'AbortError'))).toMatchObject({ code: 'E_CANCELLED' });
  });

  it.each([new Error('boom'), 'boom', undefined])('calls anything else internal (%s)', (thrown) => {
    expect(asJobletError(thrown)).toMatchObject({ code: 'E_INTERNAL', exitCode: 70 });
  });
});

describe('renderFailure', () => {
  it('has the message and the hint, no stack', () => {
    expect(renderFailure(networkFailed('no\x1b[2J route', 'check'), false)).toBe('Error: no route\nHint: check\n');
  });

  it('has the stack of every cause where it is asked for', () => {
    const text = renderFailure(networkFailed('no route', 'check', new Error('ECONNREFUSED')), true);
    expect(text).toContain('failure.test.ts');
    expect(text).toContain('\nCaused by: Error: ECONNREFUSED\n');
  });
});

describe('failureDocument', () => {
  it('has the status that the process ends with', () => {
    expect(failureDocument(networkFailed('a', 'b'), 125)).toEqual({
      error: { code: 'E_NETWORK', message: 'a', hint: 'b', exitCode: 125 },
    });
  });
});
