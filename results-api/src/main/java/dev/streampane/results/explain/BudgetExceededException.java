// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** An explanation would read more, or longer, than is allowed. */
final class BudgetExceededException extends RuntimeException {

    BudgetExceededException(String why) {
        super(why, null, false, false);
    }
}
