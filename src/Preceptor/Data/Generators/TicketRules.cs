namespace Preceptor.Data.Generators;

/// <summary>The rules that come with the tickets.</summary>
internal static class TicketRules
{
    internal static readonly TicketRule[] All =
    [
        new("charged", "text", @"\b(charged?|billed) (me |us )?(twice|two times|double)", "billing"),
        new("invoice", "text", @"\b(invoice|bill|statement|vat)\b", "billing"),
        new("money back", "text", @"\bmoney back\b|\brefund", "refund"),
        new("returned", "body", @"\b(returned|gave back|return (label|form))\b", "refund"),
        new("parcel", "text", @"\b(parcel|package|tracking|warehouse)\b", "shipping"),
        new("not arrived", "body", @"\b(not|never) (arrived|delivered)\b", "shipping"),
        new("cannot sign in", "text", @"\b(can not|can't|cannot) (log|sign|get) in\b", "login"),
        new("password", "text", @"\b(password|locked|sms)\b", "login"),
        new("crash", "text", @"\b(crash|freez|error\b)", "bug"),
        new("update", "text", @"\bsince the (last )?update\b", "bug"),
        new("wish", "text", @"\b(it would be (great|nice|useful)|suggestion|idea|please add)\b", "feature-request"),
        new("end", "body", @"\b(to|hereby) (cancel|end|terminate)\b|\bdelete everything\b", "account-closure"),
        new("closing", "subject", @"\b(close|delete|cancel|leaving|goodbye|termination)", "account-closure"),
        new("how", "body", @"\bhow (do i|can i|long)\b|\bwork with\b|\bdifference between\b", "product-question"),
        new("visit", "body", @"\b(apply|internship|opening hours)\b", "other"),
    ];
}
