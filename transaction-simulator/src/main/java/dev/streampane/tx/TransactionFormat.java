// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

/** The text that a transaction becomes; {@link TransactionWriter} shows each. */
public enum TransactionFormat {
    /** The contract transaction/v1. */
    JSON,
    /** The format of the tutorial systems: client and amount as numbers, a zone-less time in whole seconds, nothing else. */
    LEGACY
}
