// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.dashboards.KibanaTest.Saved;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a panel asks of Elasticsearch: buckets within buckets, the metrics in the innermost.
 *
 * @param name whose it is
 * @param index alias that is asked
 * @param time the field of the last day
 * @param query in Lucene's language
 */
record PanelSearch(String name, String index, String time, String query, List<Agg> buckets, List<Agg> metrics) {

    /** A field in a query of Lucene's or Kibana's language. */
    private static final Pattern IN_QUERY = Pattern.compile("([@\\w.]+)\\s*:");

    /**
     * Buckets, or a number of each.
     *
     * @param order of buckets: {@code _key}, or the id of a metric, most first
     */
    record Agg(String id, String type, String field, String order, int size) {

        boolean isCount() {
            return type.equals("count");
        }
    }

    /** By a visualization of Kibana. */
    static PanelSearch of(Saved visualization) {
        JsonNode state = visualization.nested("/visState");
        Saved view = visualization.dataView();
        return new PanelSearch(
                visualization.toString(),
                view.title(),
                text(view.attributes(), "/timeFieldName"),
                text(visualization.searchSource(), "/query/query").replace(" and ", " AND "),
                ofKibana(state, false),
                ofKibana(state, true));
    }

    private static List<Agg> ofKibana(JsonNode state, boolean metrics) {
        return items(state, "/aggs")
                .filter(it -> text(it, "/schema").equals("metric") == metrics)
                .map(it -> agg(it, text(it, "/params/field"), it.path("params")))
                .toList();
    }

    /** By a target of a panel of Grafana. */
    static PanelSearch of(String name, String index, JsonNode target) {
        return new PanelSearch(
                name,
                index,
                text(target, "/timeField"),
                text(target, "/query"),
                ofGrafana(target, "/bucketAggs"),
                ofGrafana(target, "/metrics"));
    }

    private static List<Agg> ofGrafana(JsonNode target, String list) {
        return items(target, list)
                .map(it -> agg(it, text(it, "/field"), it.path("settings")))
                .toList();
    }

    private static Agg agg(JsonNode agg, String field, JsonNode settings) {
        String order = settings.path("orderBy").asText("_key").replace("_term", "_key");
        int size = settings.path("size").asInt(10);
        return new Agg(text(agg, "/id"), text(agg, "/type"), field, order, size);
    }

    /** What is done with each field: the aggregation's type, or {@code query}. */
    Map<String, String> fields() {
        Map<String, String> fields = new TreeMap<>(Map.of(time, "date_histogram"));
        IN_QUERY.matcher(query.replaceAll("\"[^\"]*\"", "\"\""))
                .results()
                .forEach(it -> fields.put(it.group(1), "query"));
        buckets.forEach(it -> fields.put(it.field(), it.type()));
        metrics.stream().filter(it -> !it.isCount()).forEach(it -> fields.put(it.field(), it.type()));
        return fields;
    }

    /** The request, for documents of the last day. */
    String json() {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("size", 0);
        var filter = request.putObject("query").putObject("bool").putArray("filter");
        filter.addObject().putObject("range").putObject(time).put("gte", "now-24h");
        if (!query.isEmpty()) {
            filter.addObject().putObject("query_string").put("query", query);
        }
        ObjectNode place = request;
        for (Agg bucket : buckets) {
            ObjectNode agg = place.withObject("/aggs").putObject(bucket.id());
            ObjectNode params = agg.putObject(bucket.type()).put("field", bucket.field());
            if (bucket.type().equals("terms")) {
                boolean byCount = metrics.stream().anyMatch(it -> it.id().equals(bucket.order()) && it.isCount());
                params.put("size", bucket.size())
                        .putObject("order")
                        .put(byCount ? "_count" : bucket.order(), bucket.order().equals("_key") ? "asc" : "desc");
                // a metric that orders has to be beside the buckets that it orders
                metrics.stream().filter(it -> it.id().equals(bucket.order())).forEach(it -> put(it, agg));
            } else {
                params.put("fixed_interval", "5m").put("min_doc_count", 1);
            }
            place = agg;
        }
        for (Agg metric : metrics) {
            put(metric, place);
        }
        return request.toString();
    }

    private static void put(Agg metric, ObjectNode place) {
        if (!metric.isCount()) {
            place.withObject("/aggs")
                    .putObject(metric.id())
                    .putObject(metric.type())
                    .put("field", metric.field());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
