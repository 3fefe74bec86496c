package login

// cloud is an instance of the service, of which clients have built-in knowledge. A server may stand in for any of them.
type cloud struct {
	api     string // the Partner Center API
	graph   string // the directory's graph, for which the SDKs ask app-only tokens
	msGraph string
	arm     string
}

// clouds: Partner Center docs, partner-center-rest-urls; EnvironmentConstants.cs of Partner-Center-PowerShell.
var clouds = []cloud{
	{"https://api.partnercenter.microsoft.com", "https://graph.windows.net", "https://graph.microsoft.com", "https://management.azure.com"},
	{"https://partner.partnercenterapi.microsoftonline.cn", "https://graph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn", "https://management.chinacloudapi.cn"},
	{"https://api.partnercenter.microsoft.com", "https://graph.cloudapi.de", "https://graph.microsoft.de", "https://management.core.cloudapi.de"},
	{"https://api.partnercenter.microsoft.com", "https://graph.windows.net", "https://graph.microsoft.us", "https://management.usgovcloudapi.net"},
	{"https://api.partnercenter.microsoft-ppe.com", "https://graph.ppe.windows.net", "https://graph.microsoft-ppe.com", "https://api-dogfood.resources.windows-int.net"},
}

// instance is an entry of the instance discovery document: hosts that are one authority.
type instance struct {
	PreferredNetwork string   `json:"preferred_network"`
	PreferredCache   string   `json:"preferred_cache"`
	Aliases          []string `json:"aliases"`
}

// instances are those that the real service answers; MSAL has them built in.
var instances = []instance{
	{"login.microsoftonline.com", "login.windows.net", []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}},
	{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
	{"login.microsoftonline.de", "login.microsoftonline.de", []string{"login.microsoftonline.de"}},
	{"login.microsoftonline.us", "login.microsoftonline.us", []string{"login.microsoftonline.us", "login.usgovcloudapi.net"}},
	{"login-us.microsoftonline.com", "login-us.microsoftonline.com", []string{"login-us.microsoftonline.com"}},
	{"login.windows-ppe.net", "login.windows-ppe.net", []string{"login.windows-ppe.net"}},
}
