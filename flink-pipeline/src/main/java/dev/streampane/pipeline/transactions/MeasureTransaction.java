// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import dev.streampane.pipeline.intake.Measures;
import dev.streampane.pipeline.intake.Transaction;

/** Amount of a client. */
final class MeasureTransaction implements Measures<Transaction> {

    private static final long serialVersionUID = 1L;

    @Override
    public String key(Transaction transaction) {
        return transaction.client();
    }

    @Override
    public long[] metrics(Transaction transaction) {
        return new long[] {transaction.amountUnits()};
    }
}
