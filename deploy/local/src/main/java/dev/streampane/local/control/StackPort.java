// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

/** The ports of the stack, with their numbers at offset 0. */
public enum StackPort {
    RESULTS_API(8080, "results-api"),
    FLINK(8081, "Flink REST"),
    IOT_SIMULATOR(8082, "iot-simulator"),
    TRANSACTION_SIMULATOR(8083, "transaction-simulator"),
    RESULTS_API_MANAGEMENT(9080, "results-api's health and metrics"),
    IOT_SIMULATOR_MANAGEMENT(9082, "iot-simulator's health and metrics"),
    TRANSACTION_SIMULATOR_MANAGEMENT(9083, "transaction-simulator's health and metrics"),
    KAFKA(9092, "Kafka"),
    KAFKA_CONTROLLER(9093, "Kafka controller"),
    ELASTICSEARCH(9200, "Elasticsearch"),
    ELASTICSEARCH_TRANSPORT(9300, "Elasticsearch transport"),
    FLINK_JOB_MANAGER(6123, "Flink JobManager RPC"),
    FLINK_JOB_MANAGER_METRICS(9249, "Flink JobManager metrics"),
    FLINK_TASK_MANAGER_METRICS(9250, "Flink TaskManager metrics");

    /** The largest offset with which every port is at most 65535. */
    public static final int LARGEST_OFFSET = 65_535 - ELASTICSEARCH_TRANSPORT.defaultPort;

    private final int defaultPort;
    private final String text;

    StackPort(int defaultPort, String text) {
        this.defaultPort = defaultPort;
        this.text = text;
    }

    /** The port's number when every port is moved by {@code offset}. */
    public int port(int offset) {
        return defaultPort + offset;
    }

    /** What listens on the port, as a text for the user. */
    public String text() {
        return text;
    }
}
