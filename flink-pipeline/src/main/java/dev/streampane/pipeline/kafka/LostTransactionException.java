// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

/** A transaction that a checkpoint promised and that can no longer be committed: what it held is lost. */
public final class LostTransactionException extends RuntimeException {

    LostTransactionException(String message, Throwable cause) {
        super(message, cause);
    }
}
