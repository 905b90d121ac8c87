// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

/** A transaction that a checkpoint promised can no longer be committed: its records are lost. */
public final class LostTransactionException extends RuntimeException {

    LostTransactionException(String message, Throwable cause) {
        super(message, cause);
    }
}
