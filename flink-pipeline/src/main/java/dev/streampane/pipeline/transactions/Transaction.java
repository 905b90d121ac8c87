// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

/**
 * One payment of a client. Contract {@code transaction/v1}; its event time travels beside it.
 *
 * @param client the client's id, 1 to 256 bytes in UTF-8
 * @param amountUnits the amount in 10^-4 of the one currency unit
 */
public record Transaction(String client, long amountUnits) {}
