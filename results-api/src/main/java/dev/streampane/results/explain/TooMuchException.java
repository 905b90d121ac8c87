// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** An explanation would read more, or longer, than is allowed. */
final class TooMuchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooMuchException(String why) {
        super(why, null, false, false);
    }
}
