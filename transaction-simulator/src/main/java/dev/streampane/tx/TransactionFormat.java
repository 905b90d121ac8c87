// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

/** Text format of a transaction; {@link TransactionWriter} shows an example of each. */
public enum TransactionFormat {
    /** The contract transaction/v1. */
    JSON,
    /** The format of the tutorial systems: client and amount as numbers, and a time in whole seconds without a zone. */
    LEGACY
}
